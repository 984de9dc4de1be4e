import { defineKind } from '../define-kind.js';
import { trustBundleRules } from './trust-bundle.js';

export const clusterTrustBundleV1beta1Kind = defineKind({
  ...trustBundleRules,
  apiVersion: 'certificates.k8s.io/v1beta1',
});
