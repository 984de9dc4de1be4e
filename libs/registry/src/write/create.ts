import { invariant, type Revision } from '#base';
import {
  dns1123Subdomain,
  type FieldError,
  type KubeObject,
  rfc3339,
  StatusError,
  validateObjectMeta,
} from '#apimachinery';
import type { Kind } from '#kinds';
import { StoreError } from '#storage';
import { authorize } from '../authorization.js';
import type { Parts } from '../parts.js';
import { convertStored, convertToStorage } from '../conversion/stored-conversion.js';
import { converting } from '../conversion/version-conversion.js';
import { answerOf } from '../read/get.js';
import { foundOf } from '../read/found.js';
import { MadeObject } from '../read/found-object.js';
import type { Body, Found, RequestContext, Target, WriteOptions } from '../request.js';
import { statusOf } from '../store-failure.js';
import { groupResourceOf, handlerKey, subjectOf } from '../subject.js';
import { admissionReads, admissionRequest, admit } from './admit.js';
import { admissionOptions } from './admission-options.js';
import { settleNamespace } from './body-checks.js';
import { claimRightErrors } from './claim-rights.js';
import { commitOne, writeOf } from './commit.js';
import { decode, expectedOf } from './decode.js';
import { hasStatus } from './rules.js';
import { checkAdmittedEntries, type Entries, entriesOfNew, withEntries } from './field-owners.js';
import { refuseEscalation } from './escalation.js';
import { createSubresource } from './subresource.js';

/** How often a generated name that is taken is generated anew. Models maxNameGenerationCreateAttempts (1.36). */
const NAME_ATTEMPTS = 8;
/** Of a generateName, so that with the random tail it stays a DNS label. */
const GENERATED_BASE_MAX = 58;

export async function create(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  body: Body,
  options: WriteOptions,
): Promise<Found> {
  await authorize(ctx, parts.authorizerOf(ctx.env.id), 'create', target);
  if (target.subresource) {
    const handler = parts.handlerOf(handlerKey(target));
    if (handler) return answerOf(await handler(ctx, target as Parameters<typeof handler>[1], body, options));
    return createSubresource(parts, ctx, target, body, options);
  }
  const object = decode(ctx, expectedOf(target.kind), body, options);
  settleNamespace(target, object);
  const creator = parts.creators.get(groupResourceOf(target.kind));
  const entries = await converting(parts, ctx.env.id, target.kind, (convert) =>
    entriesOfNew(ctx, { target, convert }, object, options),
  );
  if (creator) {
    object.metadata = withEntries(object, entries).metadata;
    const admitted = {
      operation: 'CREATE',
      object,
      old: undefined,
      ...admissionOptions('CreateOptions', options),
    } as const;
    await admit(parts, ctx, target, admitted);
    return new MadeObject(await creator(ctx, target, object, options));
  }
  if (object.metadata.resourceVersion) {
    throw StatusError.badRequest('resourceVersion should not be set on objects to be created');
  }
  return createDecoded(parts, ctx, target, object, { ...options, entries });
}

export interface CreateOptions extends WriteOptions {
  /** Who owns the fields of the object as it was sent; what the server adds belongs to nobody. */
  readonly entries: Entries;
}

/** From admission on: also the way of updates that create. `object` is the callee's own. */
export async function createDecoded(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  object: KubeObject,
  { entries, ...options }: CreateOptions,
): Promise<Found & { created: boolean }> {
  const { kind } = target;
  const { dryRun = false } = options;
  if (entries) object.metadata.managedFields = [...entries];
  else delete object.metadata.managedFields;
  const sent = object.metadata.managedFields;
  const admitted = {
    operation: 'CREATE',
    object,
    old: undefined,
    ...admissionOptions('CreateOptions', options),
  } as const;
  const request = admissionRequest(ctx, target, admitted);
  const reads = admissionReads(parts, ctx);
  const endMutating = ctx.trace.start('admission', { phase: 'mutating' });
  await parts.admission.mutate(request, reads);
  endMutating();
  settleNamespace(target, object);
  checkAdmittedEntries(ctx, object, sent);
  const { generateName = '' } = object.metadata;
  const generated = !object.metadata.name && generateName !== '';
  for (let attempt = 1; ; attempt++) {
    if (generated) object.metadata.name = generateName.slice(0, GENERATED_BASE_MAX) + ctx.env.random.nameSuffix();
    // Kinds may write the name into the object (a job's labels), so it is known before they prepare it.
    if (attempt === 1) fillSystemFields(ctx, kind, object);
    if (attempt === 1) {
      validateNew(ctx, kind, object, await claimRightErrors(parts, ctx, target, { verb: 'create', object }));
      const endValidating = ctx.trace.start('admission', { phase: 'validating' });
      await parts.admission.validate(request, reads);
      endValidating();
      await refuseEscalation(parts, ctx, target, object, undefined);
    }
    try {
      return await store(parts, ctx, target, object, dryRun);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'conflict') {
        throw statusOf(error, { ...subjectOf(kind), name: object.metadata.name ?? '' });
      }
      if (!generated) throw StatusError.alreadyExists(subjectOf(kind), object.metadata.name ?? '');
      if (attempt === NAME_ATTEMPTS) throw noUniqueName(kind, object.metadata.name ?? '');
    }
  }
}

/** What the server says about a new object, whatever the body said. */
function fillSystemFields(ctx: RequestContext, kind: Kind, object: KubeObject): void {
  const { metadata } = object;
  metadata.uid = ctx.env.random.uuid();
  metadata.creationTimestamp = rfc3339(ctx.env.clock.nowMs());
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.resourceVersion;
  if (kind.generation) metadata.generation = 1;
  else delete metadata.generation;
  if (kind.prepareForCreate) {
    kind.prepareForCreate(object, { clock: ctx.env.clock, random: ctx.env.random, user: ctx.user });
  } else if (hasStatus(kind)) delete (object as { status?: unknown }).status;
}

function validateNew(ctx: RequestContext, kind: Kind, object: KubeObject, refused: readonly FieldError[]): void {
  const end = ctx.trace.start('validation');
  const errors: FieldError[] = [
    ...refused,
    ...validateObjectMeta(object.metadata, {
      namespaced: kind.namespaced,
      validateName: (name, prefix) => nameErrors(kind, name, prefix),
    }),
  ];
  if (kind.validate) errors.push(...kind.validate(object));
  if (kind.validateCreate) errors.push(...kind.validateCreate(object));
  end({ errors: errors.length });
  if (errors.length > 0) {
    throw StatusError.invalid({ group: kind.group, kind: kind.kind }, object.metadata.name ?? '', errors);
  }
  for (const warning of kind.warnings?.(object, undefined) ?? []) ctx.warn(warning);
}

/** Of a generateName, what the random tail will complete is not missed. */
function nameErrors(kind: Kind, name: string, prefix: boolean): readonly string[] {
  if (kind.validateName) return kind.validateName(name, prefix);
  return dns1123Subdomain(prefix ? name.replace(/-$/, 'a') : name);
}

async function store(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  object: KubeObject,
  dryRun: boolean,
): Promise<Found & { created: boolean }> {
  const { kind } = target;
  const { name } = object.metadata;
  invariant(name, 'a validated object has a name');
  const claim = await parts.allocations.claim(ctx, kind, object, undefined);
  let written: Revision | undefined;
  try {
    if (kind.conversion) await convertToStorage(parts, ctx.env.id, kind, object);
    const write = writeOf(parts, ctx, kind, object, 0);
    if (dryRun) {
      if (await parts.store.get(ctx.env.id, write.key)) throw StatusError.alreadyExists(subjectOf(kind), name);
      return new MadeObject(object, true);
    }
    const stored = await commitOne(parts, ctx, kind, object, write);
    written = stored.revision;
    if (kind.conversion) await convertStored(parts, ctx.env.id, kind, [stored]);
    const found = foundOf(parts, ctx.env.id, kind, stored);
    found.created = true;
    return found;
  } finally {
    claim?.release(written);
  }
}

/** Models NewGenerateNameConflict (1.36). */
function noUniqueName(kind: Kind, name: string): StatusError {
  const taken = StatusError.alreadyExists(subjectOf(kind), name);
  return new StatusError(
    409,
    'AlreadyExists',
    `${taken.message}, the server was not able to generate a unique name for the object`,
    { ...taken.details, retryAfterSeconds: 1 },
  );
}
