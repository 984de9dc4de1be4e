import type { Json } from './meta.js';
import type { MergeSchema } from './merge-schema.js';
import { StatusError } from './status-error.js';

export function applyStrategicMerge(_doc: Json, _patch: Json, _schema: MergeSchema): Json {
  throw StatusError.badRequest('being written');
}
