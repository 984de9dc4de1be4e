import { defineKind } from '../define-kind.js';
import type { ResourceV1ResourceClaim } from '../generated/types.js';
import { claimTable } from './claim-table.js';

export const resourceClaimKind = defineKind<ResourceV1ResourceClaim>({
  apiVersion: 'resource.k8s.io/v1',
  resource: 'resourceclaims',
  table: claimTable,
});
