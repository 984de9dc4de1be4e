import { defineKind } from '../define-kind.js';
import type { V1beta2ResourceSlice } from '../generated/types.js';
import { resourceSliceRules } from './resource-slice.js';

export const resourceSliceV1beta2Kind = defineKind<V1beta2ResourceSlice>({
  ...resourceSliceRules<V1beta2ResourceSlice>({ v1Of: (slice) => slice, devicesOf: ({ spec }) => spec?.devices ?? [] }),
  apiVersion: 'resource.k8s.io/v1beta2',
});
