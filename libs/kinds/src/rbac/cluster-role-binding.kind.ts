import type { FieldError } from '#apimachinery';
import { defineKind } from '../define-kind.js';
import type { ClusterRoleBinding } from '../generated/types.js';
import { pathSegmentName } from '../path-rules.js';
import { applyBindingDefaults, bindingTable, checkBinding, checkRoleRefKept } from './role-rules.js';

export const clusterRoleBindingKind = defineKind<ClusterRoleBinding>({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  resource: 'clusterrolebindings',
  createOnUpdate: true,
  table: bindingTable,
  validateName: pathSegmentName,
  applyDefaults: applyBindingDefaults,
  validate(binding) {
    const errors: FieldError[] = [];
    checkBinding(errors, binding, ['ClusterRole']);
    return errors;
  },
  validateUpdate: checkRoleRefKept,
});
