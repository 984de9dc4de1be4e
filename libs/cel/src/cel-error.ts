/**
 * Why an evaluation gave no value: the expression failed ('evaluation'), it alone cost more than a call may
 * ('call-limit'), or it emptied the budget that it shares with others ('budget').
 */
export type CelFailure = 'evaluation' | 'call-limit' | 'budget';

/** All that evaluating throws; its message is cel-go's. */
export class CelError extends Error {
  constructor(
    message: string,
    readonly failure: CelFailure = 'evaluation',
  ) {
    super(message);
    this.name = 'CelError';
  }
}
