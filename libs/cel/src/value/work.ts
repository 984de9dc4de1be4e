import { CelError } from '../cel-error.js';

/**
 * What upstream's costs do not bound: rounds of loops that cost nothing, copies, comparisons of values that hold
 * themselves many times over. Upstream leaves those to the request's deadline; here a count ends them. Ints, list items and
 * map entries count one, characters a sixteenth.
 */
const WORK_MAX = 20_000_000;
/** No string or list that an expression makes is larger. */
const ELEMENTS_MAX = 16_000_000;
export const COST_EXCEEDED = 'operation cancelled: actual cost limit exceeded';

let left = WORK_MAX;

/** Evaluation is synchronous, so one counter serves; evaluations within an evaluation draw on the outer one's. */
let depth = 0;

export function withinWork<T>(run: () => T): T {
  if (depth === 0) left = WORK_MAX;
  depth++;
  try {
    return run();
  } finally {
    depth--;
  }
}

export function spend(work: number): void {
  left -= work;
  if (left < 0) throw new CelError(COST_EXCEEDED, 'call-limit');
}

/** To be asked before something of that many elements is made. */
export function checkSize(elements: number): void {
  if (elements > ELEMENTS_MAX) throw new CelError(COST_EXCEEDED, 'call-limit');
  spend(elements / 16);
}
