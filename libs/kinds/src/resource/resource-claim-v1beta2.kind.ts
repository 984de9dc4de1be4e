import { defineKind } from '../define-kind.js';
import type { V1beta2ResourceClaim } from '../generated/types.js';
import { claimTable } from './claim-table.js';

export const resourceClaimV1beta2Kind = defineKind<V1beta2ResourceClaim>({
  apiVersion: 'resource.k8s.io/v1beta2',
  resource: 'resourceclaims',
  table: claimTable,
});
