import { defineKind } from '../define-kind.js';
import type { RoleBinding } from '../generated/types.js';

export const roleBindingKind = defineKind<RoleBinding>({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  resource: 'rolebindings',
});
