import { defineKind } from '../define-kind.js';
import type { V1beta1ResourceSlice, ResourceSlice } from '../generated/types.js';
import { convertList, flattenDevice, nestDevice } from './device-conversion.js';
import { resourceSliceRules } from './resource-slice.js';

const PATH = ['spec', 'devices'];

const toV1 = convertList<V1beta1ResourceSlice, ResourceSlice>('v1', PATH, flattenDevice);

/** The older shape over the store of v1. */
export const resourceSliceV1beta1Kind = defineKind<V1beta1ResourceSlice>({
  ...resourceSliceRules<V1beta1ResourceSlice>({
    v1Of: toV1,
    devicesOf: ({ spec }) => (spec?.devices ?? []).map(({ basic = {} }) => basic),
  }),
  apiVersion: 'resource.k8s.io/v1beta1',
  fromStorage: (stored) =>
    convertList<ResourceSlice, V1beta1ResourceSlice>('v1beta1', PATH, nestDevice)(stored as ResourceSlice),
  toStorage: toV1,
});
