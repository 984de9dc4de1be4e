import { CelType } from '../typing/cel-type.js';
import { CelOpaque, type Value } from '../value/value.js';

export const FORMAT = CelType.opaque('kubernetes.NamedFormat');

/** A named format of strings. */
export class FormatValue extends CelOpaque {
  readonly celType = FORMAT;

  constructor(
    readonly name: string,
    /** All that is wrong with a text. */
    readonly problemsOf: (text: string) => readonly string[],
    /** How long a pattern it costs to match. */
    readonly regexSize: number,
  ) {
    super();
  }

  equals(other: Value): boolean {
    return other instanceof FormatValue && other.name === this.name;
  }
}
