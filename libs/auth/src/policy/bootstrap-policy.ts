import type { KubeObject } from '#apimachinery';
import type { PolicyRule } from '../rbac/policy-rule.js';
import { componentRoles } from './component-roles.js';
import { controllerRoles } from './controller-roles.js';
import { allow } from './notation.js';
import { type RoleRow, userRoles } from './user-roles.js';

const API_VERSION = 'rbac.authorization.k8s.io/v1';
const API_GROUP = 'rbac.authorization.k8s.io';
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };
const CONTROLLER_PREFIX = 'system:controller:';

type Subject =
  | { kind: 'User' | 'Group'; apiGroup: string; name: string }
  | { kind: 'ServiceAccount'; namespace: string; name: string };

const user = (name: string): Subject => ({ kind: 'User', apiGroup: API_GROUP, name });
const group = (name: string): Subject => ({ kind: 'Group', apiGroup: API_GROUP, name });
const systemAccount = (name: string): Subject => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' });

const AUTHENTICATED = group('system:authenticated');

/** Role → subjects. Models bootstrappolicy clusterRoleBindings (1.36). */
const bindings: readonly [role: string, subjects: readonly Subject[]][] = [
  ['cluster-admin', [group('system:masters')]],
  ['system:discovery', [AUTHENTICATED]],
  ['system:basic-user', [AUTHENTICATED]],
  ['system:public-info-viewer', [AUTHENTICATED, group('system:unauthenticated')]],
  ['system:monitoring', [group('system:monitoring')]],
  ['system:node-proxier', [user('system:kube-proxy')]],
  ['system:kube-controller-manager', [user('system:kube-controller-manager')]],
  ['system:kube-dns', [systemAccount('kube-dns')]],
  ['system:kube-scheduler', [user('system:kube-scheduler')]],
  ['system:volume-scheduler', [user('system:kube-scheduler')]],
  ['system:service-account-issuer-discovery', [group('system:serviceaccounts')]],
  // The node authorizer does this role's work; the binding stays, empty, as upstream leaves it.
  ['system:node', []],
];

function metadata(name: string, more: Record<string, string> = {}): KubeObject['metadata'] {
  return { name, labels: { ...LABELS, ...more }, annotations: { ...ANNOTATIONS } };
}

function aggregation(role: string): Record<string, string> {
  return { [`rbac.authorization.k8s.io/aggregate-to-${role}`]: 'true' };
}

function clusterRole({ name, rules, aggregates, aggregatesTo }: RoleRow): KubeObject {
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRole',
    metadata: metadata(name, aggregatesTo ? aggregation(aggregatesTo) : {}),
    ...(aggregates ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregation(aggregates) }] } } : {}),
    ...{ rules: copied(rules) },
  };
}

/** Rows share rules; objects must not. */
function copied(rules: readonly PolicyRule[]): PolicyRule[] {
  return structuredClone([...rules]);
}

function clusterRoleBinding(role: string, subjects: readonly Subject[]): KubeObject {
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: metadata(role),
    ...{
      roleRef: { apiGroup: API_GROUP, kind: 'ClusterRole', name: role },
      ...(subjects.length > 0 ? { subjects: subjects.map((subject) => ({ ...subject })) } : {}),
    },
  };
}

/** Roles inside kube-system. Models bootstrappolicy namespaceRoles (1.36). */
const namespaceRoles: readonly [name: string, rules: readonly PolicyRule[], subjects: readonly Subject[]][] = [
  [
    'extension-apiserver-authentication-reader',
    [allow('get list watch', '', 'configmaps', 'extension-apiserver-authentication')],
    [user('system:kube-controller-manager'), user('system:kube-scheduler')],
  ],
  ...(['kube-controller-manager', 'kube-scheduler'] as const).map(
    (component): [string, readonly PolicyRule[], readonly Subject[]] => [
      `system::leader-locking-${component}`,
      [allow('watch', '', 'configmaps'), allow('get update', '', 'configmaps', component)],
      [user(`system:${component}`), systemAccount(component)],
    ],
  ),
];

function inKubeSystem(name: string, rules: readonly PolicyRule[], subjects: readonly Subject[]): KubeObject[] {
  const meta = { ...metadata(name), namespace: 'kube-system' };
  return [
    { apiVersion: API_VERSION, kind: 'Role', metadata: meta, ...{ rules: copied(rules) } },
    {
      apiVersion: API_VERSION,
      kind: 'RoleBinding',
      metadata: structuredClone(meta),
      ...{
        roleRef: { apiGroup: API_GROUP, kind: 'Role', name },
        subjects: subjects.map((subject) => ({ ...subject })),
      },
    },
  ];
}

/** Every role and binding that a new cluster has, to be created in this order. New objects at every call. */
export function bootstrapPolicy(): KubeObject[] {
  const ofControllers = controllerRoles.map(([name, rules]): RoleRow => ({ name: CONTROLLER_PREFIX + name, rules }));
  return [
    ...[...userRoles, ...componentRoles, ...ofControllers].map(clusterRole),
    ...bindings.map(([role, subjects]) => clusterRoleBinding(role, subjects)),
    ...controllerRoles.map(([name]) => clusterRoleBinding(CONTROLLER_PREFIX + name, [systemAccount(name)])),
    ...namespaceRoles.flatMap(([name, rules, subjects]) => inKubeSystem(name, rules, subjects)),
  ];
}
