import { defineKind } from '../define-kind.js';
import type { V1beta2ResourceSlice } from '../generated/types.js';
import { sliceTable } from './slice-table.js';

export const resourceSliceV1beta2Kind = defineKind<V1beta2ResourceSlice>({
  apiVersion: 'resource.k8s.io/v1beta2',
  resource: 'resourceslices',
  table: sliceTable,
});
