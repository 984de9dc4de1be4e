import { defineKind } from '../define-kind.js';
import { agedTable } from '../generic-columns.js';
import type { V1beta2DeviceClass } from '../generated/types.js';

export const deviceClassV1beta2Kind = defineKind<V1beta2DeviceClass>({
  apiVersion: 'resource.k8s.io/v1beta2',
  resource: 'deviceclasses',
  table: agedTable,
});
