import { defineKind } from '../define-kind.js';
import type { ResourceV1ResourceClaim } from '../generated/types.js';
import { defaultClaimStatus } from './claim-status-rules.js';
import { defaultDeviceClaim } from './device-claim-rules.js';
import { resourceClaimRules } from './resource-claim.js';

export const resourceClaimKind = defineKind<ResourceV1ResourceClaim>({
  ...resourceClaimRules<ResourceV1ResourceClaim>((claim) => claim),
  apiVersion: 'resource.k8s.io/v1',
  applyDefaults({ spec, status }) {
    defaultDeviceClaim(spec?.devices);
    defaultClaimStatus(status);
  },
});
