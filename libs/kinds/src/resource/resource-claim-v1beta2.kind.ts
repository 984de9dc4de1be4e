import { defineKind } from '../define-kind.js';
import type { V1beta2ResourceClaim } from '../generated/types.js';
import { defaultClaimStatus } from './claim-status-rules.js';
import { defaultDeviceClaim } from './device-claim-rules.js';
import { resourceClaimRules } from './resource-claim.js';

export const resourceClaimV1beta2Kind = defineKind<V1beta2ResourceClaim>({
  ...resourceClaimRules<V1beta2ResourceClaim>((claim) => claim),
  apiVersion: 'resource.k8s.io/v1beta2',
  applyDefaults({ spec, status }) {
    defaultDeviceClaim(spec?.devices);
    defaultClaimStatus(status);
  },
});
