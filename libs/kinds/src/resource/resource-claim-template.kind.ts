import { defineKind } from '../define-kind.js';
import { agedTable } from '../generic-columns.js';
import type { ResourceClaimTemplate } from '../generated/types.js';

export const resourceClaimTemplateKind = defineKind<ResourceClaimTemplate>({
  apiVersion: 'resource.k8s.io/v1',
  resource: 'resourceclaimtemplates',
  table: agedTable,
});
