import type { Revision } from '#base';
import {
  deepEqual,
  type FieldError,
  type KubeObject,
  rfc3339,
  setOrDrop,
  StatusError,
  validateObjectMeta,
  validateObjectMetaUpdate,
  withRevision,
} from '#apimachinery';
import { type Kind, storageKey } from '#kinds';
import { type StoredObject, StoreError } from '#storage';
import type { Parts } from '../parts.js';
import { convertStored, convertToStorage } from '../conversion/stored-conversion.js';
import { foundOf } from '../read/found.js';
import { MadeObject } from '../read/found-object.js';
import type { Found, RequestContext, Target, WriteOptions } from '../request.js';
import { statusOf, translated } from '../store-failure.js';
import { subjectOf } from '../subject.js';
import { admissionReads, admissionRequest } from './admit.js';
import { admissionOptions } from './admission-options.js';
import { settleNamespace } from './body-checks.js';
import { commitOne, writeOf } from './commit.js';
import { claimRightErrors } from './claim-rights.js';
import { checkAdmittedEntries, keepTimes, withEntries } from './field-owners.js';
import { refuseEscalation } from './escalation.js';
import { mayComplete } from './deletion-rules.js';
import { hasStatus } from './rules.js';
import { refuseUnsigned } from './signer-rights.js';

/** Others may write between our read and our commit; so often in a row means that something is wrong. */
const ATTEMPTS_MAX = 64;

export interface Change {
  /** Makes the object when there is none; undefined: it stays absent (404). */
  absent?(): Promise<(Found & { created: boolean }) | undefined>;
  /** The uid that the writer expects, '' for any. */
  readonly uid: string;
  /** The new state, an object of its own at its top and in its metadata; `old` is shared and stays as it is. */
  change(stored: StoredObject, old: KubeObject): KubeObject | Promise<KubeObject>;
  /** The change says who owns which field. Else owners stay as they are. */
  readonly tracked?: boolean;
  /** Binding: the change is the server's own, transition rules of updates do not apply. */
  readonly unchecked?: boolean;
  /** What the writer was let do. Default: update. */
  readonly verb?: 'patch';
  /** Admission has seen the body that makes this change (Binding), and is not asked about the parent. */
  readonly admitted?: boolean;
}

/**
 * Reads, changes and writes back, again when somebody was faster. Models registry.Store.Update (1.36): a change that
 * changes nothing writes nothing; one that takes the last finalizer of a deleted object away ends it.
 */
export async function replaceStored(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  options: WriteOptions,
  change: Change,
): Promise<Found & { created: boolean }> {
  const { kind, name = '' } = target;
  const about = { ...subjectOf(kind), name };
  const key = storageKey(kind, kind.namespaced ? (target.namespace ?? '') : '', name);
  for (let attempt = 1; ; attempt++) {
    const stored = await translated(about, parts.store.get(ctx.env.id, key));
    if (!stored) {
      if (change.uid !== '') throw wrongUid(target, key, change.uid, '');
      const made = await change.absent?.();
      if (made) return made;
      throw StatusError.notFound(about, name);
    }
    if (kind.conversion) await convertStored(parts, ctx.env.id, kind, [stored]);
    const old = parts.parsed.served(kind, stored);
    if (change.uid !== '' && change.uid !== old.metadata.uid) throw wrongUid(target, key, change.uid, old.metadata.uid);
    try {
      return await replaceOnce(parts, ctx, target, options, { change, stored, old });
    } catch (error) {
      const raced = error instanceof StoreError && error.code === 'conflict';
      if (!raced || attempt === ATTEMPTS_MAX) throw statusOf(error, about);
    }
  }
}

interface Replacement {
  readonly change: Change;
  readonly stored: StoredObject;
  readonly old: KubeObject;
}

async function replaceOnce(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  options: WriteOptions,
  { change, stored, old }: Replacement,
): Promise<Found & { created: boolean }> {
  const { kind } = target;
  const { dryRun = false } = options;
  const object = await change.change(stored, old);
  if (!change.tracked) object.metadata = withEntries(object, old.metadata.managedFields).metadata;
  const entries = object.metadata.managedFields;
  const admitted = { operation: 'UPDATE', object, old, ...admissionOptions('UpdateOptions', options) } as const;
  const request = admissionRequest(ctx, target, admitted);
  const reads = admissionReads(parts, ctx);
  if (!change.admitted) {
    const endMutating = ctx.trace.start('admission', { phase: 'mutating' });
    await parts.admission.mutate(request, reads);
    endMutating();
    settleNamespace(target, object);
  }
  checkAdmittedEntries(ctx, object, entries);
  keepSystemFields(ctx, target, object, old);
  keepTimes(object, old);
  if (!change.unchecked) {
    const refused = await claimRightErrors(parts, ctx, target, { verb: change.verb ?? 'update', object, old });
    validateChange(ctx, target, object, old, refused);
  }
  if (!change.admitted) {
    const endValidating = ctx.trace.start('admission', { phase: 'validating' });
    await parts.admission.validate(request, reads);
    endValidating();
  }
  await refuseEscalation(parts, ctx, target, object, old);
  await refuseUnsigned(parts, ctx, target, object, old);
  const claim = await parts.allocations.claim(ctx, kind, object, old);
  let written: Revision | undefined;
  try {
    const ends = mayComplete(kind, object, old);
    if (kind.conversion) await convertToStorage(parts, ctx.env.id, kind, object);
    const write = writeOf(parts, ctx, kind, object, stored.revision, ends ? 'delete' : 'put');
    if (!ends && withRevision(write.text, stored.revision) === stored.text) {
      return foundOf(parts, ctx.env.id, kind, stored);
    }
    if (dryRun)
      return new MadeObject({ ...object, metadata: { ...object.metadata, resourceVersion: String(stored.revision) } });
    const committed = await commitOne(parts, ctx, kind, object, write);
    written = committed.revision;
    if (ends && kind.alive) parts.heartbeatsOf(ctx.env.id).forget(write.key);
    if (kind.conversion) await convertStored(parts, ctx.env.id, kind, [committed]);
    return foundOf(parts, ctx.env.id, kind, committed);
  } finally {
    claim?.release(written);
  }
}

/** Metadata that only the server writes, and what the kind keeps. Models rest.BeforeUpdate (1.36). */
function keepSystemFields(ctx: RequestContext, target: Target, object: KubeObject, old: KubeObject): void {
  const { kind, subresource } = target;
  // A view's merge may have taken over the metadata of the stored object, which is shared.
  if (object.metadata === old.metadata) object.metadata = { ...old.metadata };
  const { metadata } = object;
  setOrDrop(metadata, 'generation', old.metadata.generation);
  if (!subresource) prepare(ctx, kind, object, old);
  metadata.uid ||= old.metadata.uid ?? '';
  metadata.creationTimestamp = old.metadata.creationTimestamp ?? rfc3339(ctx.env.clock.nowMs());
  setOrDrop(metadata, 'deletionTimestamp', old.metadata.deletionTimestamp);
  setOrDrop(metadata, 'deletionGracePeriodSeconds', old.metadata.deletionGracePeriodSeconds);
  if (kind.generation && !sameDesire(object, old)) metadata.generation = (old.metadata.generation ?? 0) + 1;
}

function prepare(ctx: RequestContext, kind: Kind, object: KubeObject, old: KubeObject): void {
  if (kind.prepareForUpdate) kind.prepareForUpdate(object, old, ctx.env);
  else if (hasStatus(kind)) setOrDrop(object as { status?: unknown }, 'status', (old as { status?: unknown }).status);
}

/** Everything but metadata and status is desire. */
function sameDesire(object: KubeObject, old: KubeObject): boolean {
  const next = object as unknown as Record<string, unknown>;
  const before = old as unknown as Record<string, unknown>;
  for (const key of new Set([...Object.keys(next), ...Object.keys(before)])) {
    if (key !== 'metadata' && key !== 'status' && !deepEqual(next[key], before[key])) return false;
  }
  return true;
}

function validateChange(
  ctx: RequestContext,
  target: Target,
  object: KubeObject,
  old: KubeObject,
  refused: readonly FieldError[],
): void {
  const end = ctx.trace.start('validation');
  const errors = [...refused, ...errorsOf(ctx, target, object, old)];
  end({ errors: errors.length });
  if (errors.length > 0) {
    throw StatusError.invalid({ group: target.kind.group, kind: target.kind.kind }, object.metadata.name ?? '', errors);
  }
  if (target.subresource) return;
  for (const warning of target.kind.warnings?.(object, old) ?? []) ctx.warn(warning);
}

function errorsOf(
  ctx: RequestContext,
  { kind, subresource }: Target,
  object: KubeObject,
  old: KubeObject,
): FieldError[] {
  const errors = validateObjectMetaUpdate(object.metadata, old.metadata);
  if (!sameLabels(object, old)) {
    errors.push(
      ...validateObjectMeta(object.metadata, {
        namespaced: kind.namespaced,
        // The name was checked when it was made; rules for new names must not lock old objects.
        validateName: () => [],
      }),
    );
  }
  const view = subresource === undefined ? undefined : kind.subresources.find(({ name }) => name === subresource);
  if (subresource === 'status') {
    if (kind.validateStatusUpdate) errors.push(...kind.validateStatusUpdate(object, old));
  } else {
    if (kind.validate) errors.push(...kind.validate(object));
    if (!subresource && kind.validateUpdate) errors.push(...kind.validateUpdate(object, old));
  }
  if (view?.validateUpdate) errors.push(...view.validateUpdate(object, old, ctx.env));
  return errors;
}

/** Metadata that did not change was found good when it was written. */
function sameLabels({ metadata: a }: KubeObject, { metadata: b }: KubeObject): boolean {
  return (
    deepEqual(a.labels, b.labels) &&
    deepEqual(a.annotations, b.annotations) &&
    deepEqual(a.ownerReferences, b.ownerReferences) &&
    deepEqual(a.finalizers, b.finalizers)
  );
}

/** Models the failure of storage.Preconditions.Check on updates (1.36). */
function wrongUid({ kind, name = '' }: Target, key: string, asked: string, found: string | undefined): StatusError {
  return StatusError.conflict(
    subjectOf(kind),
    name,
    `StorageError: invalid object, Code: 4, Key: /registry/${key}, ResourceVersion: 0, AdditionalErrorMsg: ` +
      `Precondition failed: UID in precondition: ${asked}, UID in object meta: ${found ?? ''}`,
  );
}
