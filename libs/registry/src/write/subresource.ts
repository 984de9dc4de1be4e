import { type KubeObject, StatusError } from '#apimachinery';
import type { Subresource } from '#kinds';
import type { Parts } from '../parts.js';
import { MadeObject } from '../read/found-object.js';
import type { Body, Found, RequestContext, Target, WriteOptions } from '../request.js';
import { subjectOf } from '../subject.js';
import { settleNamespace } from './body-checks.js';
import { admissionOptions } from './admission-options.js';
import { admit } from './admit.js';
import { decode, type Expected } from './decode.js';
import { evict } from './evict.js';
import { replaceStored } from './replace.js';

const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

/** POST to a part of an object: binding, eviction. */
export async function createSubresource(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  body: Body,
  options: WriteOptions & {
    /** Admission has seen the body under another resource (bindings). */ readonly admitted?: boolean;
  },
): Promise<Found> {
  const view = target.kind.subresources.find(({ name }) => name === target.subresource);
  if (!view) throw StatusError.noSuchPath();
  if (!view.verbs.includes('create')) throw StatusError.methodNotAllowed(subjectOf(target.kind), 'create');
  const expected = bodyOf(ctx, target, view);
  const object = decode(ctx, expected, body, options);
  settleNamespace(target, object);
  object.metadata.name ||= target.name ?? '';
  if (object.metadata.name !== target.name) {
    throw StatusError.badRequest(
      `name in URL does not match name in ${expected.kind} object: "${target.name}" != "${object.metadata.name}"`,
    );
  }
  const { group, version, kind: bodyKind } = expected;
  if (!options.admitted) {
    await admit(parts, ctx, target, {
      operation: 'CREATE',
      object,
      old: undefined,
      bodyKind: { group, version, kind: bodyKind },
      ...admissionOptions('CreateOptions', options),
    });
  }
  if (view.name === 'eviction') {
    await evict(parts, ctx, target, object, options);
    return success();
  }
  const { merge } = view;
  if (!merge) throw StatusError.methodNotAllowed(subjectOf(target.kind), 'create');
  const found = await replaceStored(parts, ctx, target, options, {
    uid: object.metadata.uid ?? '',
    change: (_stored, old) => merge.call(view, old, object, ctx.env),
    unchecked: true,
    admitted: true,
  });
  return view.answersStatus ? success() : shownAs(view, found);
}

/** The object under the version and kind of a subresource. */
export function shownAs<T extends Found>(view: Subresource, found: T): T | (MadeObject & { created: boolean }) {
  return view.project ? new MadeObject(view.project(found.object())) : found;
}

function bodyOf(ctx: RequestContext, { kind }: Target, view: Subresource): Expected {
  if (!view.body) return { group: kind.group, version: kind.version, kind: kind.kind, schema: kind };
  return { ...view.body, schema: ctx.kinds.byKind(view.body) };
}

function success(): Found {
  return { text: JSON.stringify(SUCCESS), object: () => SUCCESS as unknown as KubeObject };
}
