import { defineKind } from '../define-kind.js';
import type { Role } from '../generated/types.js';

export const roleKind = defineKind<Role>({ apiVersion: 'rbac.authorization.k8s.io/v1', resource: 'roles' });
