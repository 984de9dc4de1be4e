import { defineKind } from '../define-kind.js';
import type { ResourceSlice } from '../generated/types.js';
import { sliceTable } from './slice-table.js';

export const resourceSliceKind = defineKind<ResourceSlice>({
  apiVersion: 'resource.k8s.io/v1',
  resource: 'resourceslices',
  table: sliceTable,
});
