import type { KubeObject } from '#apimachinery';
import { componentRoles } from './component-roles.js';
import { controllerRoles } from './controller-roles.js';
import { namespacePolicy } from './namespace-policy.js';
import {
  API_GROUP,
  API_VERSION,
  copied,
  defaultMetadata,
  group,
  type Subject,
  systemAccount,
  user,
} from './policy-objects.js';
import { type RoleRow, userRoles } from './user-roles.js';

const CONTROLLER_PREFIX = 'system:controller:';
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

function aggregation(role: string): Record<string, string> {
  return { [`rbac.authorization.k8s.io/aggregate-to-${role}`]: 'true' };
}

function clusterRole({ name, rules, aggregates, aggregatesTo }: RoleRow): KubeObject {
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRole',
    metadata: defaultMetadata(name, aggregatesTo ? aggregation(aggregatesTo) : {}),
    ...(aggregates ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregation(aggregates) }] } } : {}),
    ...{ rules: copied(rules) },
  };
}

function clusterRoleBinding(role: string, subjects: readonly Subject[]): KubeObject {
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: defaultMetadata(role),
    ...{
      roleRef: { apiGroup: API_GROUP, kind: 'ClusterRole', name: role },
      ...(subjects.length > 0 ? { subjects: subjects.map((subject) => ({ ...subject })) } : {}),
    },
  };
}

/** Every role and binding that a new cluster has, to be created in this order. New objects at every call. */
export function bootstrapPolicy(): KubeObject[] {
  const ofControllers = controllerRoles.map(([name, rules]): RoleRow => ({ name: CONTROLLER_PREFIX + name, rules }));
  return [
    ...[...userRoles, ...componentRoles, ...ofControllers].map(clusterRole),
    ...bindings.map(([role, subjects]) => clusterRoleBinding(role, subjects)),
    ...controllerRoles.map(([name]) => clusterRoleBinding(CONTROLLER_PREFIX + name, [systemAccount(name)])),
    ...namespacePolicy(),
  ];
}
