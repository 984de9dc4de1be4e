import { StatusError } from '#apimachinery';

/**
 * What one operation may cost at run time, in fields to resolve: an object counts as many as are selected of it, an API
 * call as ten. A static estimate would have to assume full pages everywhere and so refuse the queries that this schema
 * is for (every pod of every sandbox of a class); counting what really comes refuses only what is really large.
 * 500,000 fields are about half a second of one core.
 */
export const OPERATION_COST_MAX = 500_000;
const CALL_COST = 10;

export class Budget {
  private spent = 0;

  constructor(private readonly max = OPERATION_COST_MAX) {}

  /** Before an API call. */
  call(): void {
    this.spend(CALL_COST);
  }

  /** After a list came, before its items are resolved. */
  objects(count: number, fieldsEach: number): void {
    this.spend(count * Math.max(1, fieldsEach));
  }

  /** Before something that costs much else, such as waking a sandbox. */
  spend(cost: number): void {
    this.spent += cost;
    if (this.spent > this.max) {
      throw new StatusError(
        413,
        'RequestEntityTooLarge',
        `the operation costs more than ${this.max} fields; select fewer fields, set limit, or continue page by page`,
      );
    }
  }
}
