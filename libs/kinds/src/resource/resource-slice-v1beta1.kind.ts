import { defineKind } from '../define-kind.js';
import type { V1beta1ResourceSlice, ResourceSlice } from '../generated/types.js';
import { convertList, flattenDevice, nestDevice } from './device-conversion.js';
import { sliceTable } from './slice-table.js';

const PATH = ['spec', 'devices'];

/** The older shape over the store of v1. */
export const resourceSliceV1beta1Kind = defineKind<V1beta1ResourceSlice>({
  apiVersion: 'resource.k8s.io/v1beta1',
  resource: 'resourceslices',
  table: sliceTable,
  fromStorage: (stored) =>
    convertList<ResourceSlice, V1beta1ResourceSlice>('v1beta1', PATH, nestDevice)(stored as ResourceSlice),
  toStorage: convertList<V1beta1ResourceSlice, ResourceSlice>('v1', PATH, flattenDevice),
});
