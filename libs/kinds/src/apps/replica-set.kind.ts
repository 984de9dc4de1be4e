import { defineKind } from '../define-kind.js';
import type { ReplicaSet } from '../generated/types.js';

export const replicaSetKind = defineKind<ReplicaSet>({ apiVersion: 'apps/v1', resource: 'replicasets' });
