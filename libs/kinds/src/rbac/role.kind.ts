import type { FieldError } from '#apimachinery';
import { defineKind } from '../define-kind.js';
import type { Role } from '../generated/types.js';
import { pathSegmentName } from '../path-rules.js';
import { checkRules } from './role-rules.js';

export const roleKind = defineKind<Role>({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  resource: 'roles',
  createOnUpdate: true,
  validateName: pathSegmentName,
  validate({ rules }) {
    const errors: FieldError[] = [];
    checkRules(errors, rules, true);
    return errors;
  },
});
