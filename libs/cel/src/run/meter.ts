import { CelError } from '../cel-error.js';
import { COST_EXCEEDED } from '../value/work.js';

/** Counts what an evaluation costs and ends it at the limit. */
export class Meter {
  cost = 0;

  constructor(
    private readonly limit: number,
    private readonly failure: 'call-limit' | 'budget',
  ) {}

  charge(cost: number): void {
    this.cost += cost;
    if (this.cost > this.limit) throw new CelError(COST_EXCEEDED, this.failure);
  }
}
