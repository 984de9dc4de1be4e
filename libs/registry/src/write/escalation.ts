import { deepEqual, type KubeObject, StatusError } from '#apimachinery';
import {
  type Authorizer,
  escalationMessage,
  GROUP_MASTERS,
  type PolicyRule,
  type RbacAuthorizer,
  rulesNotHeld,
} from '#auth';
import { type ClusterRole, clusterRoleKind, type RoleBinding, roleKind } from '#kinds';
import { attributesOf } from '../authorization.js';
import type { Parts } from '../parts.js';
import type { RequestContext, Target } from '../request.js';
import { subjectOf } from '../subject.js';
import { readsOf } from './admit.js';

const GROUP = 'rbac.authorization.k8s.io';

/**
 * Nobody may give away rights that they do not hold, by a role or by a binding to one, unless they hold `escalate` or
 * `bind` on it. Models pkg/registry/rbac policybased storage (1.36).
 */
export async function refuseEscalation(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  object: KubeObject,
  old: KubeObject | undefined,
): Promise<void> {
  const { kind } = target;
  if (kind.group !== GROUP || ctx.user.groups.includes(GROUP_MASTERS)) return;
  const name = object.metadata.name ?? '';
  const isBinding = kind.resource.endsWith('bindings');
  if (old && grantsTheSame(object, old)) return;
  const authorizer: Authorizer & Partial<RbacAuthorizer> = parts.authorizerOf(ctx.env.id);
  const question = isBinding ? bindQuestion(target, object as RoleBinding) : attributesOf('escalate', target, name);
  if ((await authorizer.authorize(ctx.user, question)).allowed) return;
  const wanted = isBinding
    ? await rulesOfRef(parts, ctx, target, object as RoleBinding)
    : ((object as ClusterRole).rules ?? []);
  const { rules: held = [], missingRoles = '' } = (await authorizer.rulesOf?.(ctx.user, target.namespace ?? '')) ?? {};
  const missing = rulesNotHeld(held, wanted);
  if (missing.length > 0) {
    throw StatusError.forbidden(subjectOf(kind), name, escalationMessage(ctx.user, missing, missingRoles));
  }
  if ((aggregates(object) || aggregates(old)) && rulesNotHeld(held, EVERYTHING).length > 0) {
    throw StatusError.forbidden(subjectOf(kind), name, MUST_BE_ADMIN);
  }
}

/** An aggregation may gather anything, later, and undoes what tightens it by hand. */
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];
const MUST_BE_ADMIN = 'must have cluster-admin privileges to use the aggregationRule';

function aggregates(object: KubeObject | undefined): boolean {
  return (object as ClusterRole | undefined)?.aggregationRule !== undefined;
}

/** Changes of metadata alone give nothing away. */
function grantsTheSame(object: KubeObject, old: KubeObject): boolean {
  const { metadata: _new, ...next } = object;
  const { metadata: _old, ...before } = old;
  return deepEqual(next, before);
}

function bindQuestion(target: Target, { roleRef }: RoleBinding): ReturnType<typeof attributesOf> {
  const kind = roleRef.kind === 'ClusterRole' ? clusterRoleKind : roleKind;
  return attributesOf('bind', { kind, namespace: target.namespace }, roleRef.name);
}

async function rulesOfRef(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  { roleRef }: RoleBinding,
): Promise<readonly PolicyRule[]> {
  const isCluster = roleRef.kind === 'ClusterRole';
  const kind = isCluster ? clusterRoleKind : roleKind;
  const role = await readsOf(parts, ctx.env.id).get(kind, isCluster ? '' : (target.namespace ?? ''), roleRef.name);
  if (!role) throw StatusError.notFound(subjectOf(kind), roleRef.name);
  return role.rules ?? [];
}
