import { defineKind } from '../define-kind.js';
import type { EndpointSlice } from '../generated/types.js';

export const endpointSliceKind = defineKind<EndpointSlice>({
  apiVersion: 'discovery.k8s.io/v1',
  resource: 'endpointslices',
});
