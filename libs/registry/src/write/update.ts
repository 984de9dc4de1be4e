import { type KubeObject, StatusError } from '#apimachinery';
import type { StoredObject } from '#storage';
import type { Subresource } from '#kinds';
import { authorize } from '../authorization.js';
import { converting } from '../conversion/version-conversion.js';
import type { Parts } from '../parts.js';
import type { Body, Found, RequestContext, Target, WriteOptions } from '../request.js';
import { subjectOf } from '../subject.js';
import { checkName, settleNamespace } from './body-checks.js';
import { createDecoded } from './create.js';
import { decode, type Expected, expectedOf } from './decode.js';
import { entriesOfChanged, entriesOfNew, withEntries } from './field-owners.js';
import { replaceStored } from './replace.js';
import { rulesOf } from './rules.js';
import { shownAs } from './subresource.js';

export async function update(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  body: Body,
  options: WriteOptions,
): Promise<Found & { created: boolean }> {
  await authorize(ctx, parts.authorizerOf(ctx.env.id), 'update', target);
  const { kind } = target;
  const view = viewOf(target, 'update');
  const expected = view ? expectedOfView(ctx, target, view) : expectedOf(kind);
  const first = decode(ctx, expected, body, options);
  checkName(target, first);
  settleNamespace(target, first);
  // Only the first attempt may use what was decoded; another needs an object of its own.
  let decoded: KubeObject | undefined = first;
  const next = (): KubeObject => {
    const object = decoded ?? decode(quietly(ctx), expected, body, options);
    if (!decoded) settleNamespace(target, object);
    decoded = undefined;
    return object;
  };
  const found = await replaceStored(parts, ctx, target, options, {
    absent: () => createInstead(parts, ctx, target, next, options),
    uid: first.metadata.uid ?? '',
    change: (stored: StoredObject, old: KubeObject) => {
      const object = next();
      checkRevision(target, object, stored, view);
      return converting(parts, ctx.env.id, kind, (convert) => {
        const entries = entriesOfChanged(ctx, { target, view, convert }, old, object, options);
        return withEntries(view?.merge ? view.merge(old, object, ctx.env) : object, entries);
      });
    },
    tracked: true,
  });
  return view ? shownAs(view, found) : found;
}

/** For attempts after the first: what was wrong with the body has been said. */
export function quietly({ env, kinds, user, trace, userAgent = '', endMs }: RequestContext): RequestContext {
  return { env, kinds, user, trace, userAgent, endMs, warn: () => {} };
}

/** The subresource that is written, or undefined for the object itself. */
export function viewOf(target: Target, verb: 'update' | 'patch'): Subresource | undefined {
  if (!target.subresource) return undefined;
  const view = target.kind.subresources.find(({ name }) => name === target.subresource);
  if (!view || (view.virtual && !view.merge)) throw StatusError.noSuchPath();
  if (!view.verbs.includes(verb)) throw StatusError.methodNotAllowed(subjectOf(target.kind), verb);
  return view;
}

export function expectedOfView(ctx: RequestContext, target: Target, view: Subresource): Expected {
  if (!view.body) return expectedOf(target.kind);
  const { group, version, kind } = view.body;
  return { group, version, kind, schema: ctx.kinds.byKind(view.body) };
}

/** Models the checks of registry.Store.Update (1.36). */
function checkRevision(target: Target, object: KubeObject, stored: StoredObject, view: Subresource | undefined): void {
  const { kind, name = '' } = target;
  const sent = object.metadata.resourceVersion ?? '';
  if (sent === '' || sent === '0') {
    if (view || rulesOf(kind).unconditionalUpdate) return;
    throw StatusError.invalid({ group: kind.group, kind: kind.resource }, name, [
      {
        type: 'FieldValueInvalid',
        field: 'metadata.resourceVersion',
        detail: 'Invalid value: 0: must be specified for an update',
      },
    ]);
  }
  if (sent !== String(stored.revision)) {
    if (!/^[0-9]+$/.test(sent)) {
      throw StatusError.badRequest(
        `metadata.resourceVersion: Invalid value: ${JSON.stringify(sent)}: must be a number`,
      );
    }
    throw StatusError.modified(subjectOf(kind), name);
  }
}

async function createInstead(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  next: () => KubeObject,
  options: WriteOptions,
): Promise<(Found & { created: boolean }) | undefined> {
  if (target.subresource || !rulesOf(target.kind).createOnUpdate) return undefined;
  await authorize(ctx, parts.authorizerOf(ctx.env.id), 'create', target);
  const object = next();
  delete object.metadata.resourceVersion;
  const entries = await converting(parts, ctx.env.id, target.kind, (convert) =>
    entriesOfNew(ctx, { target, convert }, object, options),
  );
  return createDecoded(parts, ctx, target, object, { ...options, entries });
}
