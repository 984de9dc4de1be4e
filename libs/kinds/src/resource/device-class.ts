import type { KindSource } from '../define-kind.js';
import { agedTable } from '../generic-columns.js';
import type { DeviceClass } from '../generated/types.js';
import { classErrors } from './class-rules.js';

/** Of every version, which differ in name only. Models pkg/registry/resource/deviceclass (1.36). */
export const deviceClassRules: Omit<KindSource<DeviceClass>, 'apiVersion'> = {
  resource: 'deviceclasses',
  generation: true,
  table: agedTable,
  validateCreate: ({ spec }) => classErrors(spec),
  validateUpdate: ({ spec }, old) => classErrors(spec, old.spec ?? {}),
};
