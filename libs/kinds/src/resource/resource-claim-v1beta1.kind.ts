import { defineKind } from '../define-kind.js';
import type { V1beta1ResourceClaim, ResourceV1ResourceClaim } from '../generated/types.js';
import { claimTable } from './claim-table.js';
import { convertList, nestRequest, flattenRequest } from './device-conversion.js';

const PATH = ['spec', 'devices', 'requests'];

/** The older shape over the store of v1. */
export const resourceClaimV1beta1Kind = defineKind<V1beta1ResourceClaim>({
  apiVersion: 'resource.k8s.io/v1beta1',
  resource: 'resourceclaims',
  table: claimTable,
  fromStorage: (stored) =>
    convertList<ResourceV1ResourceClaim, V1beta1ResourceClaim>(
      'v1beta1',
      PATH,
      flattenRequest,
    )(stored as ResourceV1ResourceClaim),
  toStorage: convertList<V1beta1ResourceClaim, ResourceV1ResourceClaim>('v1', PATH, nestRequest),
});
