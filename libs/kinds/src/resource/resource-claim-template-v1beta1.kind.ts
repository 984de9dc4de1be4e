import { defineKind } from '../define-kind.js';
import type { V1beta1ResourceClaimTemplate, ResourceClaimTemplate } from '../generated/types.js';
import { defaultFlatClaim } from './device-claim-rules.js';
import { convertList, nestRequest, flattenRequest } from './device-conversion.js';
import { resourceClaimTemplateRules } from './resource-claim-template.js';

const PATH = ['spec', 'spec', 'devices', 'requests'];

const toV1 = convertList<V1beta1ResourceClaimTemplate, ResourceClaimTemplate>('v1', PATH, nestRequest);

/** The older shape over the store of v1. */
export const resourceClaimTemplateV1beta1Kind = defineKind<V1beta1ResourceClaimTemplate>({
  ...resourceClaimTemplateRules<V1beta1ResourceClaimTemplate>(toV1),
  apiVersion: 'resource.k8s.io/v1beta1',
  applyDefaults: ({ spec }) => defaultFlatClaim(spec?.spec?.devices),
  fromStorage: (stored) =>
    convertList<ResourceClaimTemplate, V1beta1ResourceClaimTemplate>(
      'v1beta1',
      PATH,
      flattenRequest,
    )(stored as ResourceClaimTemplate),
  toStorage: toV1,
});
