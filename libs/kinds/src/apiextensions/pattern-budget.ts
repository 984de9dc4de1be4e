import { type FieldError, fieldError } from '#apimachinery';
import { patternSize } from '#cel';

/** Instructions of all different patterns of a definition: a second to compile. The largest published ones have a twentieth. */
const INSTRUCTIONS_MAX = 100_000;

/**
 * Differs: upstream bounds no pattern but by the size of the object, of which a megabyte takes a minute to compile here,
 * while everybody waits.
 */
export function patternsTooLarge(versions: unknown): FieldError | undefined {
  const seen = new Set<string>();
  let total = 0;
  const open: unknown[] = [versions];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, below] of Object.entries(value)) {
      if (typeof below === 'object') open.push(below);
      if (typeof below !== 'string' || !(key === 'pattern' || key === 'rule') || seen.has(below)) continue;
      seen.add(below);
      // Of a rule only what its patterns stand for beyond their text: it may hold some.
      total += key === 'pattern' ? patternSize(below) : Math.max(0, patternSize(below) - below.length);
      if (total > INSTRUCTIONS_MAX) {
        return fieldError.forbidden(
          'spec.versions',
          `patterns must have at most ${INSTRUCTIONS_MAX} instructions in all`,
        );
      }
    }
  }
  return undefined;
}
