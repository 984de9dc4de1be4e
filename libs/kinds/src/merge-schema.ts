import type { MergeSchema } from '#apimachinery';
import { shapeOf, type WithSchema } from './shape.js';

/** How strategic merge patch and server-side apply treat each field of the kind. Compiled once per definition. */
export function mergeSchemaOf(kind: WithSchema): MergeSchema {
  return shapeOf(kind);
}
