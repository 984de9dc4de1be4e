import { defineKind } from '../define-kind.js';
import { agedTable } from '../generic-columns.js';
import type { V1beta2ResourceClaimTemplate } from '../generated/types.js';

export const resourceClaimTemplateV1beta2Kind = defineKind<V1beta2ResourceClaimTemplate>({
  apiVersion: 'resource.k8s.io/v1beta2',
  resource: 'resourceclaimtemplates',
  table: agedTable,
});
