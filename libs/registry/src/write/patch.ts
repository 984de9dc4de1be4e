import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMerge,
  decodeBody,
  deepCopy,
  type Json,
  StatusError,
} from '#apimachinery';
import { type Kind, mergeSchemaOf, type Subresource } from '#kinds';
import { authorize } from '../authorization.js';
import type { Parts } from '../parts.js';
import type { Body, Found, PatchType, RequestContext, Target, WriteOptions } from '../request.js';
import { subjectOf } from '../subject.js';
import { checkName, settleNamespace } from './body-checks.js';
import { decodeValue, expectedOf } from './decode.js';
import { replaceStored } from './replace.js';
import { shownAs } from './subresource.js';
import { expectedOfView, quietly, viewOf } from './update.js';

/** What this server takes. Server-side apply is refused by name until it is whole. */
const ACCEPTED = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

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
      return view?.merge ? view.merge(old, object, ctx.env) : object;
    },
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
  type: PatchType,
  body: Body,
  ctx: RequestContext,
): (current: Json) => Json {
  if (type === 'apply') throw StatusError.unsupportedMediaType(ACCEPTED);
  const value = valueOf(body);
  if (type === 'json') return (current) => applyJsonPatch(current, value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw StatusError.badRequest(
      `json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type map[string]interface {}`,
    );
  }
  if (type === 'merge') return (current) => deepCopy(applyMergePatch(current, value));
  const schemaKind = view?.body ? ctx.kinds.byKind(view.body) : kind;
  if (!schemaKind) throw StatusError.unsupportedMediaType(ACCEPTED.slice(0, 2));
  const schema = mergeSchemaOf(schemaKind);
  return (current) => deepCopy(applyStrategicMerge(current, value, schema));
}

function valueOf(body: Body): Json {
  // An actor's patch may hold parts of shared objects; decoding brings what it is given to canonical form in place.
  return 'object' in body ? deepCopy(body.object as Json) : decodeBody(body.bytes, body.format).value;
}
