import { defineKind } from '../define-kind.js';
import type { Lease } from '../generated/types.js';

export const leaseKind = defineKind<Lease>({ apiVersion: 'coordination.k8s.io/v1', resource: 'leases' });
