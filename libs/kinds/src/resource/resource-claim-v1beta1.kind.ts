import { defineKind } from '../define-kind.js';
import type { V1beta1ResourceClaim, ResourceV1ResourceClaim } from '../generated/types.js';
import { defaultClaimStatus } from './claim-status-rules.js';
import { convertList, nestRequest, flattenRequest } from './device-conversion.js';
import { defaultFlatClaim } from './device-claim-rules.js';
import { resourceClaimRules } from './resource-claim.js';

const PATH = ['spec', 'devices', 'requests'];

const toV1 = convertList<V1beta1ResourceClaim, ResourceV1ResourceClaim>('v1', PATH, nestRequest);

/** The older shape over the store of v1. */
export const resourceClaimV1beta1Kind = defineKind<V1beta1ResourceClaim>({
  ...resourceClaimRules<V1beta1ResourceClaim>(toV1),
  apiVersion: 'resource.k8s.io/v1beta1',
  applyDefaults({ spec, status }) {
    defaultFlatClaim(spec?.devices);
    defaultClaimStatus(status);
  },
  fromStorage: (stored) =>
    convertList<ResourceV1ResourceClaim, V1beta1ResourceClaim>(
      'v1beta1',
      PATH,
      flattenRequest,
    )(stored as ResourceV1ResourceClaim),
  toStorage: toV1,
});
