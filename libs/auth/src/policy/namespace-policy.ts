import type { KubeObject } from '#apimachinery';
import type { PolicyRule } from '../rbac/policy-rule.js';
import { allow, EVENTS, READ } from './notation.js';
import {
  API_GROUP,
  API_VERSION,
  copied,
  defaultMetadata,
  type Subject,
  systemAccount,
  user,
} from './policy-objects.js';

interface NamespaceRow {
  readonly namespace: 'kube-system' | 'kube-public';
  readonly role: string;
  readonly rules: readonly PolicyRule[];
  /** Default: the role's name. */
  readonly binding?: string;
  readonly subjects: readonly Subject[];
}

const MANAGER = 'system:kube-controller-manager';
const SCHEDULER = 'system:kube-scheduler';

const locking = (component: string): PolicyRule[] => [
  allow('watch', '', 'configmaps'),
  allow('get update', '', 'configmaps', component),
];

/** Models bootstrappolicy namespaceRoles and namespaceRoleBindings (1.36). */
const rows: readonly NamespaceRow[] = [
  {
    namespace: 'kube-system',
    role: 'extension-apiserver-authentication-reader',
    rules: [allow(READ, '', 'configmaps', 'extension-apiserver-authentication')],
    binding: 'system::extension-apiserver-authentication-reader',
    subjects: [user(MANAGER), user(SCHEDULER)],
  },
  {
    namespace: 'kube-system',
    role: 'system:controller:bootstrap-signer',
    rules: [allow(READ, '', 'secrets')],
    subjects: [systemAccount('bootstrap-signer')],
  },
  {
    namespace: 'kube-system',
    role: 'system:controller:cloud-provider',
    rules: [allow(`create ${READ}`, '', 'configmaps')],
    subjects: [systemAccount('cloud-provider')],
  },
  {
    namespace: 'kube-system',
    role: 'system:controller:token-cleaner',
    rules: [allow(`${READ} delete`, '', 'secrets'), EVENTS],
    subjects: [systemAccount('token-cleaner')],
  },
  {
    namespace: 'kube-system',
    role: 'system::leader-locking-kube-controller-manager',
    rules: [...locking('kube-controller-manager'), allow(`${READ} create update`, 'coordination.k8s.io', 'leases')],
    subjects: [user(MANAGER), systemAccount('kube-controller-manager'), systemAccount('leader-election-controller')],
  },
  {
    namespace: 'kube-system',
    role: 'system::leader-locking-kube-scheduler',
    rules: locking('kube-scheduler'),
    subjects: [user(SCHEDULER), systemAccount('kube-scheduler')],
  },
  {
    namespace: 'kube-public',
    role: 'system:controller:bootstrap-signer',
    rules: [allow(READ, '', 'configmaps'), allow('update', '', 'configmaps', 'cluster-info'), EVENTS],
    subjects: [systemAccount('bootstrap-signer')],
  },
];

/** Roles inside the system's namespaces, each with its binding. New objects at every call. */
export function namespacePolicy(): KubeObject[] {
  return rows.flatMap(({ namespace, role, rules, binding = role, subjects }) => [
    {
      apiVersion: API_VERSION,
      kind: 'Role',
      metadata: { ...defaultMetadata(role), namespace },
      ...{ rules: copied(rules) },
    },
    {
      apiVersion: API_VERSION,
      kind: 'RoleBinding',
      metadata: { ...defaultMetadata(binding), namespace },
      ...{
        roleRef: { apiGroup: API_GROUP, kind: 'Role', name: role },
        subjects: subjects.map((subject) => ({ ...subject })),
      },
    },
  ]);
}
