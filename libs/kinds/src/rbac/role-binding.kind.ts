import type { FieldError } from '#apimachinery';
import { defineKind } from '../define-kind.js';
import type { RoleBinding } from '../generated/types.js';
import { pathSegmentName } from '../path-rules.js';
import { applyBindingDefaults, bindingTable, checkBinding, checkRoleRefKept } from './role-rules.js';

export const roleBindingKind = defineKind<RoleBinding>({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  resource: 'rolebindings',
  createOnUpdate: true,
  table: bindingTable,
  validateName: pathSegmentName,
  applyDefaults: applyBindingDefaults,
  validate(binding) {
    const errors: FieldError[] = [];
    checkBinding(errors, binding, ['Role', 'ClusterRole']);
    return errors;
  },
  validateUpdate: checkRoleRefKept,
});
