import { defineKind } from '../define-kind.js';
import type { ClusterRole } from '../generated/types.js';

export const clusterRoleKind = defineKind<ClusterRole>({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  resource: 'clusterroles',
});
