import type { FieldError } from '#apimachinery';
import { defineKind } from '../define-kind.js';
import type { ClusterRole } from '../generated/types.js';
import { pathSegmentName } from '../path-rules.js';
import { checkAggregation, checkRules } from './role-rules.js';

export const clusterRoleKind = defineKind<ClusterRole>({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  resource: 'clusterroles',
  createOnUpdate: true,
  validateName: pathSegmentName,
  validate({ rules, aggregationRule }) {
    const errors: FieldError[] = [];
    checkRules(errors, rules, false);
    checkAggregation(errors, aggregationRule);
    return errors;
  },
});
