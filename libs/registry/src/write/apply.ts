import { applied, decodeBody, deepCopy, isJsonObject, type Json, type KubeObject, StatusError } from '#apimachinery';
import { authorize } from '../authorization.js';
import { converting } from '../conversion/version-conversion.js';
import type { Parts } from '../parts.js';
import type { Body, Found, RequestContext, WriteOptions } from '../request.js';
import { subjectOf } from '../subject.js';
import { checkName, settleNamespace } from './body-checks.js';
import { createDecoded } from './create.js';
import { decodeValue, expectedOf } from './decode.js';
import { type Entries, entriesOfParent, fieldWrite, liveOn, withEntries, type Written } from './field-owners.js';
import { replaceStored } from './replace.js';
import { shownAs } from './subresource.js';
import { expectedOfView, quietly } from './update.js';

type ApplyOptions = WriteOptions & { readonly force?: boolean };

/**
 * Server-side apply: the body is what one manager wants of the object, and all that it wants. Creates what is not there.
 * Models applyPatcher of k8s.io/apiserver/pkg/endpoints/handlers (1.36).
 */
export async function applyPatch(
  parts: Parts,
  ctx: RequestContext,
  written: Written,
  body: Body,
  options: ApplyOptions,
): Promise<Found & { created: boolean }> {
  const { target, view } = written;
  const { config, duplicates } = configurationOf(body);
  let warned = false;
  const change = async (old: KubeObject | undefined): Promise<{ object: KubeObject; entries: Entries }> => {
    const live = old && liveOn(written, old, ctx.kinds);
    const { object, entries } = await converting(parts, ctx.env.id, target.kind, (convert) =>
      applied(fieldWrite(ctx, { ...written, convert }, live, options), config, options.force ?? false),
    );
    if (!warned) reportDuplicates(ctx, duplicates, options);
    const quiet = warned ? quietly(ctx) : ctx;
    warned = true;
    const expected = view ? expectedOfView(ctx, target, view) : expectedOf(target.kind);
    const made = decodeValue(quiet, expected, deepCopy(object) as unknown as Json, [], options);
    settleNamespace(target, made);
    checkName(target, made);
    return { object: made, entries };
  };
  const found = await replaceStored(parts, ctx, target, options, {
    uid: '',
    ...(view ? {} : { absent: () => createApplied(parts, ctx, written, change, options) }),
    change: async (_stored, old) => {
      const { object, entries } = await change(old);
      const sent = object.metadata.resourceVersion;
      if (sent && sent !== old.metadata.resourceVersion) {
        throw StatusError.modified(subjectOf(target.kind), target.name ?? '');
      }
      const merged = view?.merge ? view.merge(old, object, ctx.env) : object;
      return withEntries(merged, entriesOfParent(written, old, entries, ctx.kinds));
    },
    tracked: true,
    verb: 'patch',
  });
  return view ? shownAs(view, found) : found;
}

/** Who may apply may not yet create. */
async function createApplied(
  parts: Parts,
  ctx: RequestContext,
  { target }: Written,
  change: (old: undefined) => Promise<{ object: KubeObject; entries: Entries }>,
  options: ApplyOptions,
): Promise<Found & { created: boolean }> {
  const { object, entries } = await change(undefined);
  const { uid } = object.metadata;
  if (uid) {
    throw StatusError.conflict(
      subjectOf(target.kind),
      target.name ?? '',
      `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
    );
  }
  await authorize(ctx, parts.authorizerOf(ctx.env.id), 'create', target);
  delete object.metadata.resourceVersion;
  return createDecoded(parts, ctx, target, object, { ...options, entries });
}

function configurationOf(body: Body): { config: KubeObject; duplicates: readonly string[] } {
  if ('object' in body) return { config: deepCopy(body.object) as KubeObject, duplicates: [] };
  let decoded: ReturnType<typeof decodeBody>;
  try {
    decoded = decodeBody(body.bytes, body.format);
  } catch (error) {
    if (error instanceof StatusError) throw StatusError.badRequest(`error decoding YAML: ${error.message}`);
    throw error;
  }
  const value = decoded.value ?? {};
  if (!isJsonObject(value)) {
    const type = Array.isArray(value) ? 'array' : typeof value;
    throw StatusError.badRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${type} into Go value of type map[string]interface {}`,
    );
  }
  return { config: value as unknown as KubeObject, duplicates: decoded.duplicates };
}

/** Differs: upstream's YAML library names lines, not paths. */
function reportDuplicates(
  ctx: RequestContext,
  duplicates: readonly string[],
  { fieldValidation = 'Warn' }: WriteOptions,
): void {
  if (duplicates.length === 0 || fieldValidation === 'Ignore') return;
  const text = duplicates.map((path) => `duplicate field "${path}"`).join(', ');
  if (fieldValidation === 'Strict') throw StatusError.badRequest(`error strict decoding YAML: ${text}`);
  ctx.warn(text);
}
