import { type Authorizer, type Decision, forbidden, GROUP_MASTERS, type RequestAttributes } from '#auth';
import { type FieldRequirement, StatusError } from '#apimachinery';
import type { AuditedRequest } from '#audit';
import type { Verb } from '#kinds';
import type { RequestContext, Target } from './request.js';

/** What authorizers are asked about this request. Models RequestInfoFactory (1.36). */
export function attributesOf(verb: string, target: Target, name = target.name ?? ''): RequestAttributes {
  const { kind } = target;
  // A namespace is inside itself, so that a Role in it can speak of it.
  const namespace = kind.group === '' && kind.resource === 'namespaces' ? name : (target.namespace ?? '');
  return {
    kind: 'resource',
    verb,
    group: kind.group,
    version: kind.version,
    resource: kind.resource,
    subresource: target.subresource ?? '',
    namespace,
    name,
  };
}

/** Fails with 403 and upstream's sentence when the user may not, with 405 when nobody can. */
export async function authorize(
  ctx: RequestContext,
  authorizer: Authorizer,
  verb: string,
  target: Target,
  name?: string,
  fieldSelector?: readonly FieldRequirement[],
): Promise<void> {
  const end = ctx.trace.start('authorization', { verb, resource: target.kind.resource });
  const whole = attributesOf(verb, target, name);
  const attributes = fieldSelector?.length ? { ...whole, fieldSelector } : whole;
  const decision = ctx.user.groups.includes(GROUP_MASTERS)
    ? { allowed: true, reason: '' }
    : await authorizer.authorize(ctx.user, attributes);
  end({ allowed: decision.allowed });
  if (ctx.audit) annotateDecision(ctx.audit, decision);
  if (!decision.allowed) throw forbidden(ctx.user, attributes, decision.reason);
  if (!target.subresource && !target.kind.verbs.includes(verb as Verb)) {
    throw StatusError.methodNotAllowed({ group: target.kind.group, resource: target.kind.resource }, verb);
  }
}

/** Models the authorization filter (1.36). */
export function annotateDecision(audit: AuditedRequest, { allowed, reason }: Decision): void {
  audit.annotate('authorization.k8s.io/decision', allowed ? 'allow' : 'forbid');
  audit.annotate('authorization.k8s.io/reason', reason);
}
