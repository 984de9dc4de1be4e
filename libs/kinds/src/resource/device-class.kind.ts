import { defineKind } from '../define-kind.js';
import { agedTable } from '../generic-columns.js';
import type { DeviceClass } from '../generated/types.js';

export const deviceClassKind = defineKind<DeviceClass>({
  apiVersion: 'resource.k8s.io/v1',
  resource: 'deviceclasses',
  table: agedTable,
});
