import { defineKind } from '../define-kind.js';
import type { V1beta1ClusterTrustBundle } from '../generated/types.js';
import { trustBundleTable } from './trust-bundle-table.js';

export const clusterTrustBundleV1beta1Kind = defineKind<V1beta1ClusterTrustBundle>({
  apiVersion: 'certificates.k8s.io/v1beta1',
  resource: 'clustertrustbundles',
  table: trustBundleTable,
});
