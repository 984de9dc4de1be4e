import { defineKind } from '../define-kind.js';
import type { ClusterRoleBinding } from '../generated/types.js';

export const clusterRoleBindingKind = defineKind<ClusterRoleBinding>({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  resource: 'clusterrolebindings',
});
