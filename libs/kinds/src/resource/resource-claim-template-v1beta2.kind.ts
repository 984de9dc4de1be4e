import { defineKind } from '../define-kind.js';
import type { V1beta2ResourceClaimTemplate } from '../generated/types.js';
import { defaultDeviceClaim } from './device-claim-rules.js';
import { resourceClaimTemplateRules } from './resource-claim-template.js';

export const resourceClaimTemplateV1beta2Kind = defineKind<V1beta2ResourceClaimTemplate>({
  ...resourceClaimTemplateRules<V1beta2ResourceClaimTemplate>((template) => template),
  apiVersion: 'resource.k8s.io/v1beta2',
  applyDefaults: ({ spec }) => defaultDeviceClaim(spec?.spec?.devices),
});
