import { defineKind } from '../define-kind.js';
import type { ServiceCIDR } from '../generated/types.js';
import { serviceCidrRules } from './service-cidr.js';

export const serviceCidrKind = defineKind<ServiceCIDR>({ apiVersion: 'networking.k8s.io/v1', ...serviceCidrRules });
