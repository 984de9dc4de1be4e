import { defineKind } from '../define-kind.js';
import type { MutatingAdmissionPolicy } from '../generated/types.js';
import { mutatingAdmissionPolicyRules } from './mutating-admission-policy.js';

export const mutatingAdmissionPolicyV1alpha1Kind = defineKind<MutatingAdmissionPolicy>({
  apiVersion: 'admissionregistration.k8s.io/v1alpha1',
  ...mutatingAdmissionPolicyRules,
});
