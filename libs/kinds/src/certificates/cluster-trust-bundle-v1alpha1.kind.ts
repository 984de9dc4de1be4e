import { defineKind } from '../define-kind.js';
import { trustBundleRules } from './trust-bundle.js';

export const clusterTrustBundleV1alpha1Kind = defineKind({
  ...trustBundleRules,
  apiVersion: 'certificates.k8s.io/v1alpha1',
});
