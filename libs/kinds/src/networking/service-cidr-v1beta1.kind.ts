import { defineKind } from '../define-kind.js';
import type { ServiceCIDR } from '../generated/types.js';
import { serviceCidrRules } from './service-cidr.js';

export const serviceCidrV1beta1Kind = defineKind<ServiceCIDR>({
  apiVersion: 'networking.k8s.io/v1beta1',
  ...serviceCidrRules,
});
