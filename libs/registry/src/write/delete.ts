import { type KubeObject, parseTime, rfc3339, StatusError } from '#apimachinery';
import { type Kind, storageKey } from '#kinds';
import { type StoredObject, StoreError } from '#storage';
import { authorize } from '../authorization.js';
import type { Parts } from '../parts.js';
import { convertStored, convertToStorage } from '../conversion/stored-conversion.js';
import { foundOf } from '../read/found.js';
import { MadeObject } from '../read/found-object.js';
import type { DeleteRequest, Found, RequestContext, Target } from '../request.js';
import { statusOf, translated } from '../store-failure.js';
import { groupResourceOf, subjectOf } from '../subject.js';
import { deletionOptions } from './admission-options.js';
import { admit } from './admit.js';
import { commitOne, writeOf } from './commit.js';
import { checkDeleteOptions, checkPreconditions } from './delete-options.js';
import { finalizersFor, isNamespace, sameMembers, specFinalizers } from './deletion-rules.js';
import { rulesOf } from './rules.js';

const ATTEMPTS_MAX = 64;

export interface Deleted {
  readonly gone: boolean;
  readonly text: string;
}

export async function remove(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  request: DeleteRequest,
): Promise<Deleted> {
  await authorize(ctx, parts.authorizerOf(ctx.env.id), 'delete', target);
  if (target.subresource) throw StatusError.methodNotAllowed(subjectOf(target.kind), 'delete');
  const { gone, found } = await removeOne(parts, ctx, target, request);
  if (!gone || rulesOf(target.kind).returnsDeleted) return { gone, text: found.text };
  return { gone, text: JSON.stringify(successOf(target.kind, found.object())) };
}

/** Success, with what is needed to see that this very object has gone. */
function successOf(kind: Kind, { metadata }: KubeObject): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: metadata.name,
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.resource,
      uid: metadata.uid,
    },
  };
}

/** From admission on: also the way of evictions and deletions of collections. */
export async function removeOne(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  request: DeleteRequest & {
    /** Admission has seen the body that asks for this (Eviction). */
    readonly admitted?: boolean;
    /** The request named no object: admission is told no name either. Models DeleteCollection's attributes (1.36). */
    readonly inCollection?: boolean;
  },
): Promise<{ gone: boolean; found: Found }> {
  checkDeleteOptions(request);
  const { kind, name = '' } = target;
  const about = { ...subjectOf(kind), name };
  const key = storageKey(kind, kind.namespaced ? (target.namespace ?? '') : '', name);
  for (let attempt = 1; ; attempt++) {
    const stored = await translated(about, parts.store.get(ctx.env.id, key));
    if (!stored) throw StatusError.notFound(about, name);
    if (kind.conversion) await convertStored(parts, ctx.env.id, kind, [stored]);
    const old = parts.parsed.served(kind, stored);
    checkPreconditions(kind, old, request);
    if (!request.admitted) {
      const admitted = { operation: 'DELETE', object: undefined, old, ...deletionOptions(request) } as const;
      await admit(parts, ctx, request.inCollection ? { ...target, name: '' } : target, admitted);
    }
    try {
      return await removeOnce(parts, ctx, kind, request, stored, old);
    } catch (error) {
      const raced = error instanceof StoreError && error.code === 'conflict';
      if (!raced || attempt === ATTEMPTS_MAX) throw statusOf(error, about);
    }
  }
}

async function removeOnce(
  parts: Parts,
  ctx: RequestContext,
  kind: Kind,
  request: DeleteRequest,
  stored: StoredObject,
  old: KubeObject,
): Promise<{ gone: boolean; found: Found }> {
  const begins = kind.beforeDelete && !old.metadata.deletionTimestamp;
  const marked = begins ? kind.beforeDelete!(old, ctx.env) : old;
  const step = nextStep(kind, marked, request, ctx.env.clock.nowMs());
  if (step === 'wait') return { gone: false, found: foundOf(parts, ctx.env.id, kind, stored) };
  const { object, gone } = step;
  if (kind.conversion) await convertToStorage(parts, ctx.env.id, kind, object);
  const write = writeOf(parts, ctx, kind, object, stored.revision, gone ? 'delete' : 'put');
  if (request.dryRun) return { gone, found: new MadeObject(object) };
  const written = await commitOne(parts, ctx, kind, object, write);
  if (gone && kind.alive) parts.heartbeatsOf(ctx.env.id).forget(write.key);
  if (groupResourceOf(kind) === 'jobs.batch' && !request.propagationPolicy && request.orphanDependents === undefined) {
    ctx.warn(
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
    );
  }
  if (kind.conversion) await convertStored(parts, ctx.env.id, kind, [written]);
  return { gone, found: foundOf(parts, ctx.env.id, kind, written) };
}

type Step = 'wait' | { readonly object: KubeObject; readonly gone: boolean };

/**
 * What a deletion does now: nothing more (`wait`: it is under way), mark the object, or take it away. Pure.
 * Models registry.Store.Delete with rest.BeforeDelete, and namespaces' own Delete (1.36).
 */
export function nextStep(kind: Kind, old: KubeObject, request: DeleteRequest, nowMs: number): Step {
  if (isNamespace(kind)) {
    if (!old.metadata.deletionTimestamp) return { object: terminating(kind, old, request, nowMs), gone: false };
    if (specFinalizers(old).length > 0) return 'wait';
  }
  const graceful = gracefully(kind, old, request, nowMs);
  if (graceful === 'pending') return 'wait';
  const object: KubeObject = { ...old, metadata: { ...old.metadata, ...graceful?.metadata } };
  const finalizers = finalizersFor(kind, old.metadata, request);
  if (!sameMembers(finalizers, old.metadata.finalizers ?? [])) object.metadata.finalizers = finalizers;
  const held = finalizers.length > 0;
  if (!held) delete object.metadata.finalizers;
  if (!graceful) {
    if (!held) return { object, gone: true };
    return markDeleting(object, old, nowMs);
  }
  return { object, gone: !held && graceful.metadata.deletionGracePeriodSeconds === 0 };
}

interface Graceful {
  readonly metadata: { deletionTimestamp: string; deletionGracePeriodSeconds: number; generation?: number };
}

/** undefined: the kind knows no grace, or it is over. */
function gracefully(
  kind: Kind,
  { metadata, ...rest }: KubeObject,
  request: DeleteRequest,
  nowMs: number,
): Graceful | 'pending' | undefined {
  if (!kind.deletionGraceSeconds) return undefined;
  const asked = request.gracePeriodSeconds;
  if (metadata.deletionTimestamp) {
    const before = metadata.deletionGracePeriodSeconds;
    if (!before) return undefined;
    // Only shortening is possible once it is under way.
    if (asked === undefined || asked >= before) return 'pending';
    const askedAtMs = parseTime(metadata.deletionTimestamp) - before * 1000;
    return {
      metadata: {
        deletionTimestamp: rfc3339(askedAtMs + asked * 1000),
        deletionGracePeriodSeconds: Math.max(0, asked),
      },
    };
  }
  const seconds = kind.deletionGraceSeconds({ metadata, ...rest }, asked);
  return {
    metadata: {
      deletionTimestamp: rfc3339(nowMs + seconds * 1000),
      deletionGracePeriodSeconds: seconds,
      ...(metadata.generation ? { generation: metadata.generation + 1 } : {}),
    },
  };
}

/** Held by finalizers: marked, and gone when the last of them is. Models markAsDeleting (1.36). */
function markDeleting(object: KubeObject, old: KubeObject, nowMs: number): Step {
  const { metadata } = object;
  const already = old.metadata.deletionTimestamp;
  if (!already && metadata.generation) metadata.generation++;
  if (!already || parseTime(already) > nowMs) metadata.deletionTimestamp = rfc3339(nowMs);
  else if (
    old.metadata.deletionGracePeriodSeconds === 0 &&
    sameMembers(metadata.finalizers ?? [], old.metadata.finalizers ?? [])
  ) {
    return 'wait';
  }
  metadata.deletionGracePeriodSeconds = 0;
  return { object, gone: false };
}

/** A namespace goes when its content has: the namespace controller finds it by its phase. */
function terminating(kind: Kind, old: KubeObject, request: DeleteRequest, nowMs: number): KubeObject {
  const finalizers = finalizersFor(kind, old.metadata, request);
  const object: KubeObject & { status?: { phase?: string } } = {
    ...old,
    metadata: { ...old.metadata, deletionTimestamp: rfc3339(nowMs) },
    ...{ status: { ...(old as { status?: object }).status, phase: 'Terminating' } },
  };
  if (finalizers.length > 0) object.metadata.finalizers = finalizers;
  return object;
}
