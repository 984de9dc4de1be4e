import { defineKind } from '../define-kind.js';
import type { ResourceSlice } from '../generated/types.js';
import { resourceSliceRules } from './resource-slice.js';

export const resourceSliceKind = defineKind<ResourceSlice>({
  ...resourceSliceRules<ResourceSlice>({ v1Of: (slice) => slice, devicesOf: ({ spec }) => spec?.devices ?? [] }),
  apiVersion: 'resource.k8s.io/v1',
});
