import { defineKind } from '../define-kind.js';
import type { V1alpha1ClusterTrustBundle } from '../generated/types.js';
import { trustBundleTable } from './trust-bundle-table.js';

export const clusterTrustBundleV1alpha1Kind = defineKind<V1alpha1ClusterTrustBundle>({
  apiVersion: 'certificates.k8s.io/v1alpha1',
  resource: 'clustertrustbundles',
  table: trustBundleTable,
});
