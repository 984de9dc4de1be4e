import { StatusError } from '#apimachinery';
import { GROUP_MASTERS } from '#auth';
import { attributesOf, authorize } from '../authorization.js';
import type { Parts } from '../parts.js';
import type { Backend, ConnectRequest, RequestContext, Target } from '../request.js';
import { subjectOf } from '../subject.js';
import { admit, readsOf } from '../write/admit.js';
import { backendOf } from './backend.js';
import { connectOptions } from './connect-options.js';

/**
 * Whether the client may connect, and to what: authorization, admission of the options (operation CONNECT), then the place.
 * Models ConnectResource of k8s.io/apiserver/pkg/endpoints/handlers (1.36).
 */
export async function connect(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  verb: string,
  request: ConnectRequest,
): Promise<Backend> {
  const authorizer = parts.authorizerOf(ctx.env.id);
  await authorize(ctx, authorizer, verb, target);
  const view = target.kind.subresources.find(({ name }) => name === target.subresource);
  if (!view?.body || !view.verbs.includes('connect')) throw StatusError.noSuchPath();
  if (request.parameters('dryRun').length > 0) throw StatusError.badRequest('dryRun is not supported');
  const object = connectOptions(view, request);
  await admit(parts, ctx, target, {
    ...{ operation: 'CONNECT', object, old: undefined, dryRun: false, options: null },
    bodyKind: view.body,
  });
  if (view.name !== 'proxy' && verb !== 'create') await mustCreate(parts, ctx, target);
  const backend = await backendOf(readsOf(parts, ctx.env.id), target, object);
  if (!backend) throw StatusError.methodNotAllowed(subjectOf(target.kind), verb);
  return backend;
}

/**
 * A WebSocket begins with a GET, which is no reason to let readers run commands. Models ensureAuthorizedForVerb of
 * pkg/registry/core/pod/rest (1.36).
 */
async function mustCreate(parts: Parts, ctx: RequestContext, target: Target): Promise<void> {
  if (ctx.user.groups.includes(GROUP_MASTERS)) return;
  const attributes = attributesOf('create', target);
  const { allowed, reason } = await parts.authorizerOf(ctx.env.id).authorize(ctx.user, attributes);
  if (allowed) return;
  throw StatusError.forbidden(subjectOf(target.kind), target.name ?? '', reason);
}
