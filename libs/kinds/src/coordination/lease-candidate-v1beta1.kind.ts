import { defineKind } from '../define-kind.js';
import type { V1beta1LeaseCandidate } from '../generated/types.js';
import { leaseCandidateRules } from './lease-candidate.js';

export const leaseCandidateV1beta1Kind = defineKind<V1beta1LeaseCandidate>({
  apiVersion: 'coordination.k8s.io/v1beta1',
  ...leaseCandidateRules,
});
