import type { KubeObject } from '#apimachinery';
import type { PolicyRule } from '../rbac/policy-rule.js';

export const API_VERSION = 'rbac.authorization.k8s.io/v1';
export const API_GROUP = 'rbac.authorization.k8s.io';
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };

export type Subject =
  | { kind: 'User' | 'Group'; apiGroup: string; name: string }
  | { kind: 'ServiceAccount'; namespace: string; name: string };

export const user = (name: string): Subject => ({ kind: 'User', apiGroup: API_GROUP, name });
export const group = (name: string): Subject => ({ kind: 'Group', apiGroup: API_GROUP, name });
export const systemAccount = (name: string): Subject => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' });

/** As every default of policy bears it: found by its label, kept current unless somebody says otherwise. */
export function defaultMetadata(name: string, more: Record<string, string> = {}): KubeObject['metadata'] {
  return { name, labels: { ...LABELS, ...more }, annotations: { ...ANNOTATIONS } };
}

/** Rows share rules; objects must not. */
export function copied(rules: readonly PolicyRule[]): PolicyRule[] {
  return structuredClone([...rules]);
}
