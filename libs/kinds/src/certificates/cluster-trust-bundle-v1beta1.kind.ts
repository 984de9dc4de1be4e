import { defineKind } from '../define-kind.js';
import { type TrustBundle, trustBundleRules } from './trust-bundle.js';

export const clusterTrustBundleV1beta1Kind = defineKind<TrustBundle>({
  ...trustBundleRules,
  apiVersion: 'certificates.k8s.io/v1beta1',
});
