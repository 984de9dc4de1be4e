import { StatusError } from '#apimachinery';
import type { WorkGate } from '#registry';

/** A gate that counts, and refuses beyond what a spec sets. */
export class SpecGate implements WorkGate {
  worksMax = Infinity;
  watchesMax = Infinity;
  works = 0;
  watches = 0;
  /** Every work so far: 'admin reads'. */
  readonly entered: string[] = [];

  async enter({ user }: Parameters<WorkGate['enter']>[0], mutating: boolean): Promise<() => void> {
    await Promise.resolve();
    if (this.works >= this.worksMax) throw StatusError.tooManyRequests('too many works', 1);
    this.entered.push(`${user.username} ${mutating ? 'writes' : 'reads'}`);
    this.works++;
    return () => this.works--;
  }

  watch(): () => void {
    if (this.watches >= this.watchesMax) throw StatusError.tooManyRequests('too many watches', 1);
    this.watches++;
    return () => this.watches--;
  }
}
