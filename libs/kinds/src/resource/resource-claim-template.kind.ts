import { defineKind } from '../define-kind.js';
import type { ResourceClaimTemplate } from '../generated/types.js';
import { defaultDeviceClaim } from './device-claim-rules.js';
import { resourceClaimTemplateRules } from './resource-claim-template.js';

export const resourceClaimTemplateKind = defineKind<ResourceClaimTemplate>({
  ...resourceClaimTemplateRules<ResourceClaimTemplate>((template) => template),
  apiVersion: 'resource.k8s.io/v1',
  applyDefaults: ({ spec }) => defaultDeviceClaim(spec?.spec?.devices),
});
