import { defineKind } from '../define-kind.js';
import { agedTable } from '../generic-columns.js';
import type { V1beta1ResourceClaimTemplate, ResourceClaimTemplate } from '../generated/types.js';
import { convertList, nestRequest, flattenRequest } from './device-conversion.js';

const PATH = ['spec', 'spec', 'devices', 'requests'];

/** The older shape over the store of v1. */
export const resourceClaimTemplateV1beta1Kind = defineKind<V1beta1ResourceClaimTemplate>({
  apiVersion: 'resource.k8s.io/v1beta1',
  resource: 'resourceclaimtemplates',
  table: agedTable,
  fromStorage: (stored) =>
    convertList<ResourceClaimTemplate, V1beta1ResourceClaimTemplate>(
      'v1beta1',
      PATH,
      flattenRequest,
    )(stored as ResourceClaimTemplate),
  toStorage: convertList<V1beta1ResourceClaimTemplate, ResourceClaimTemplate>('v1', PATH, nestRequest),
});
