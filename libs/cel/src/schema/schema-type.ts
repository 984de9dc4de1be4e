import { type CelType, DYN } from '../typing/cel-type.js';
import type { CelSchema } from './structural.js';

/** The type of what a schema describes; `isResourceRoot` gives it apiVersion, kind and metadata. undefined: no expression can see it. */
export function celTypeOf(
  _schema: CelSchema,
  _options: { isResourceRoot?: boolean; name?: string } = {},
): CelType | undefined {
  return DYN;
}
