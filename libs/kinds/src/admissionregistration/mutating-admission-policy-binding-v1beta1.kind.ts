import { defineKind } from '../define-kind.js';
import type { MutatingAdmissionPolicyBinding } from '../generated/types.js';
import { mutatingAdmissionPolicyBindingRules } from './mutating-admission-policy-binding.js';

export const mutatingAdmissionPolicyBindingV1beta1Kind = defineKind<MutatingAdmissionPolicyBinding>({
  apiVersion: 'admissionregistration.k8s.io/v1beta1',
  ...mutatingAdmissionPolicyBindingRules,
});
