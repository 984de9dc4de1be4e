import { invariant } from '#base';
import { StatusError } from '#apimachinery';
import { storageKey } from '#kinds';
import type { StoredObject } from '#storage';
import { authorize } from '../authorization.js';
import { convertStored } from '../conversion/stored-conversion.js';
import type { Parts } from '../parts.js';
import type { Found, ReadOptions, RequestContext, Target } from '../request.js';
import { translated } from '../store-failure.js';
import { groupResourceOf, handlerKey, subjectOf } from '../subject.js';
import { foundOf } from './found.js';
import { MadeObject } from './found-object.js';
import { parseRevision, untilReached } from './revisions.js';

/** Reads one object of the store; 404 when there is none. */
export async function readStored(parts: Parts, ctx: RequestContext, target: Target): Promise<StoredObject> {
  const { kind, name } = target;
  invariant(name !== undefined, 'a target without a name names no object');
  const about = { ...subjectOf(kind), name };
  const key = storageKey(kind, target.namespace ?? '', name);
  const stored = await translated(about, parts.store.get(ctx.env.id, key));
  if (!stored) throw StatusError.notFound(about, name);
  return stored;
}

export async function get(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  options: ReadOptions = {},
): Promise<Found> {
  await authorize(ctx, parts.authorizerOf(ctx.env.id), 'get', target);
  const { subresource } = target;
  if (subresource) {
    const handler = parts.handlerOf(handlerKey(target));
    if (handler) return answerOf(await handler(ctx, target as Parameters<typeof handler>[1], undefined));
  }
  const reader = target.kind.virtual ? parts.readers.get(groupResourceOf(target.kind)) : undefined;
  if (reader) return new MadeObject(await reader.get(ctx.env.id, target.name ?? ''));
  const asked = parseRevision(options.resourceVersion);
  if (asked) {
    const about = { ...subjectOf(target.kind), name: target.name ?? '' };
    await translated(about, untilReached(parts.store, parts.clock, ctx.env.id, asked));
  }
  const end = ctx.trace.start('store', { verb: 'get', resource: groupResourceOf(target.kind) });
  const stored = await readStored(parts, ctx, target);
  end({ revision: stored.revision });
  if (target.kind.conversion) await convertStored(parts, ctx.env.id, target.kind, [stored]);
  const found = foundOf(parts, ctx.env.id, target.kind, stored);
  if (!subresource) return found;
  const view = target.kind.subresources.find(({ name }) => name === subresource);
  if (!view || (view.virtual && !view.project) || !view.verbs.includes('get')) throw StatusError.noSuchPath();
  return view.project ? new MadeObject(view.project(found.object())) : found;
}

/** What a handler wrote, as found. */
export function answerOf({ text }: { text: string }): Found {
  return { text, object: () => JSON.parse(text) as ReturnType<Found['object']> };
}
