import { defineKind } from '../define-kind.js';
import { agedTable } from '../generic-columns.js';
import type { V1beta1DeviceClass } from '../generated/types.js';

export const deviceClassV1beta1Kind = defineKind<V1beta1DeviceClass>({
  apiVersion: 'resource.k8s.io/v1beta1',
  resource: 'deviceclasses',
  table: agedTable,
});
