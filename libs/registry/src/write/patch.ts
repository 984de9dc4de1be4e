import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMerge,
  decodeBody,
  deepCopy,
  type Json,
  type KubeObject,
  StatusError,
} from '#apimachinery';
import { bodySchemaOf, type Kind, mergeSchemaOf, type Subresource } from '#kinds';
import { authorize } from '../authorization.js';
import { converting } from '../conversion/version-conversion.js';
import type { Parts } from '../parts.js';
import type { Body, Found, PatchType, RequestContext, Target, WriteOptions } from '../request.js';
import { subjectOf } from '../subject.js';
import { applyPatch } from './apply.js';
import { checkName, settleNamespace } from './body-checks.js';
import { decodeValue, expectedOf } from './decode.js';
import { entriesOfChanged, withEntries } from './field-owners.js';
import { replaceStored } from './replace.js';
import { shownAs } from './subresource.js';
import { expectedOfView, quietly, viewOf } from './update.js';

/** What is taken where a body has no schema to merge by. */
const WITHOUT_SCHEMA = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];

export async function patch(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  type: PatchType,
  body: Body,
  options: WriteOptions & { force?: boolean },
): Promise<Found & { created: boolean }> {
  await authorize(ctx, parts.authorizerOf(ctx.env.id), 'patch', target);
  const view = viewOf(target, 'patch');
  if (type === 'apply') return applyPatch(parts, ctx, { target, view }, body, options);
  const apply = patcherOf(target.kind, view, type, body, ctx);
  const expected = view ? expectedOfView(ctx, target, view) : expectedOf(target.kind);
  let warned = false;
  const found = await replaceStored(parts, ctx, target, options, {
    uid: '',
    change: (_stored, old) => {
      const current = view?.project ? view.project(old) : old;
      const quiet = warned ? quietly(ctx) : ctx;
      warned = true;
      const object = decodeValue(quiet, expected, apply(current as unknown as Json), [], options);
      // What a patch does not name stays; what it takes away the server gives back or refuses.
      object.metadata.name ??= target.name ?? '';
      checkName(target, object);
      settleNamespace(target, object);
      const sent = object.metadata.resourceVersion;
      if (sent && sent !== old.metadata.resourceVersion) {
        throw StatusError.modified(subjectOf(target.kind), target.name ?? '');
      }
      return converting(parts, ctx.env.id, target.kind, (convert) => {
        const entries = entriesOfChanged(ctx, { target, view, convert }, old, object, options);
        return withEntries(view?.merge ? view.merge(old, object, ctx.env) : object, entries);
      });
    },
    tracked: true,
    verb: 'patch',
  });
  return view ? shownAs(view, found) : found;
}

/**
 * Parses the patch once. What the returned function gives shares nothing with `current` or with the patch: defaulting,
 * admission and strategies change it in place.
 */
function patcherOf(
  kind: Kind,
  view: Subresource | undefined,
  type: Exclude<PatchType, 'apply'>,
  body: Body,
  ctx: RequestContext,
): (current: Json) => Json {
  const value = valueOf(body);
  if (type === 'json') return (current) => applyJsonPatch(current, value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw StatusError.badRequest(
      `json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type map[string]interface {}`,
    );
  }
  if (type === 'merge') return (current) => ownCopy(applyMergePatch(current, value), current);
  if (kind.structural && !view?.body) throw StatusError.unsupportedMediaType(WITHOUT_SCHEMA);
  const schemaKind = view?.body ? (ctx.kinds.byKind(view.body) ?? bodySchemaOf(view.body)) : kind;
  if (!schemaKind) throw StatusError.unsupportedMediaType(WITHOUT_SCHEMA);
  const schema = mergeSchemaOf(schemaKind);
  return (current) => ownCopy(applyStrategicMerge(current, value, schema), current);
}

/** Managers that the patch leaves alone are not copied: they are looked up in the live object anyway. */
function ownCopy(patched: Json, current: Json): Json {
  const [object, live] = [patched, current] as unknown as [Partial<KubeObject>, KubeObject];
  const managers = object.metadata?.managedFields;
  if (managers === undefined || managers !== live.metadata.managedFields) return deepCopy(patched);
  const { managedFields: _managed, ...metadata } = object.metadata!;
  return deepCopy({ ...object, metadata } as unknown as Json);
}

function valueOf(body: Body): Json {
  // An actor's patch may hold parts of shared objects; decoding brings what it is given to canonical form in place.
  return 'object' in body ? deepCopy(body.object as Json) : decodeBody(body.bytes, body.format).value;
}
