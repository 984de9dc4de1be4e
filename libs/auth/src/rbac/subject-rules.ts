import { storageKey } from '#kinds';
import { clusterRoleKind, roleKind } from '#kinds';
import type { UserInfo } from '../user.js';
import type { PolicyRule } from './policy-rule.js';
import type { PolicyObject, PolicyView, Subject } from './policy-view.js';

/** The rules that one binding gives a user; `missing` names a role that is not there. */
export interface Grant {
  readonly rules: readonly PolicyRule[];
  /** 'ClusterRoleBinding "x" of ClusterRole "y" to Group "z"' */
  readonly from: string;
  readonly missing?: string;
}

const SERVICE_ACCOUNT = 'system:serviceaccount:';

/** Every grant of `user` by cluster role bindings, and with a namespace by its role bindings. Models VisitRulesFor (1.36). */
export function grantsOf(policy: PolicyView, user: UserInfo, namespace: string): Grant[] {
  const grants: Grant[] = [];
  const bindings = namespace === '' ? policy.clusterRoleBindings : policy.roleBindings;
  for (const binding of bindings.values()) {
    if (binding.namespace !== namespace) continue;
    const subject = binding.subjects.find((one) => appliesTo(one, user, namespace));
    if (subject) grants.push(grantOf(policy, binding, subject));
  }
  return grants;
}

function appliesTo(subject: Subject, user: UserInfo, namespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.username;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount': {
      const home = subject.namespace || namespace;
      return home !== '' && user.username === `${SERVICE_ACCOUNT}${home}:${subject.name}`;
    }
    default:
      return false;
  }
}

function grantOf(policy: PolicyView, binding: PolicyObject, subject: Subject): Grant {
  const { roleRef, name, namespace } = binding;
  const isCluster = roleRef.kind === 'ClusterRole';
  const key = isCluster ? storageKey(clusterRoleKind, '', roleRef.name) : storageKey(roleKind, namespace, roleRef.name);
  const role = (isCluster ? policy.clusterRoles : policy.roles).get(key);
  const bindingText =
    namespace === ''
      ? `ClusterRoleBinding ${JSON.stringify(name)}`
      : `RoleBinding ${JSON.stringify(`${name}/${namespace}`)}`;
  const whom =
    subject.kind === 'ServiceAccount'
      ? `ServiceAccount ${JSON.stringify(`${subject.name}/${subject.namespace ?? ''}`)}`
      : `${subject.kind} ${JSON.stringify(subject.name)}`;
  const from = `${bindingText} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${whom}`;
  if (role) return { rules: role.rules, from };
  const what = isCluster ? 'clusterrole' : 'role';
  return { rules: [], from, missing: `${what}.rbac.authorization.k8s.io ${JSON.stringify(roleRef.name)} not found` };
}
