import { defineKind } from '../define-kind.js';
import type { IPAddress } from '../generated/types.js';
import { ipAddressRules } from './ip-address.js';

export const ipAddressKind = defineKind<IPAddress>({ apiVersion: 'networking.k8s.io/v1', ...ipAddressRules });
