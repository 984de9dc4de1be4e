import { defineKind } from '../define-kind.js';
import type { ServiceAccount } from '../generated/types.js';

export const serviceAccountKind = defineKind<ServiceAccount>({ apiVersion: 'v1', resource: 'serviceaccounts' });
