import { type Revision, revision } from '#base';
import { StatusError } from '#apimachinery';
import { type Kind, storageKey, storagePrefix } from '#kinds';
import { type ListQuery, type Page, StoreError } from '#storage';
import { authorize } from '../authorization.js';
import { convertAll, convertStored } from '../conversion/stored-conversion.js';
import { facetsOf } from '../facets.js';
import type { Parts } from '../parts.js';
import type { FoundList, KindReader, ListRequest, RequestContext, Target } from '../request.js';
import { statusOf } from '../store-failure.js';
import { groupResourceOf, subjectOf } from '../subject.js';
import { type Continuation, ContinueExpired, decodeContinue, encodeContinue } from './continue-token.js';
import { foundOf } from './found.js';
import { MadeObject } from './found-object.js';
import { checkListOptions } from './list-options.js';
import { parseRevision, untilReached } from './revisions.js';
import { selects } from './selected.js';
import { type Selection, selectionOf } from './selection.js';

export async function list(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  request: ListRequest,
  verb = 'list',
): Promise<FoundList> {
  const selection = selectionOf(target.kind, request);
  await authorize(ctx, parts.authorizerOf(ctx.env.id), verb, target, selection.name, selection.fields);
  const reader = target.kind.virtual ? parts.readers.get(groupResourceOf(target.kind)) : undefined;
  if (reader) return listMade(ctx, target, reader, selection);
  const end = ctx.trace.start('store', { verb: 'list', resource: groupResourceOf(target.kind) });
  const { page, prefix } = await pageOf(parts, ctx, target, request, selection);
  end({ revision: page.revision, items: page.items.length });
  if (target.kind.conversion) await convertStored(parts, ctx.env.id, target.kind, page.items);
  return {
    resourceVersion: String(page.revision),
    items: page.items.map((stored) => foundOf(parts, ctx.env.id, target.kind, stored)),
    ...continuationOf(page, prefix, selection),
  };
}

/** All at once, and at no revision: they are as they are now. */
async function listMade(
  ctx: RequestContext,
  { kind }: Target,
  reader: KindReader,
  selection: Selection,
): Promise<FoundList> {
  const all = await reader.list(ctx.env.id);
  const items = all.filter((object) => selection.empty || selection.matches(facetsOf(kind, object)));
  return { resourceVersion: '', items: items.map((object) => new MadeObject(object)) };
}

/** The same without authorization, for those who act on what they list. */
export async function pageOf(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  request: ListRequest,
  selection: Selection,
): Promise<{ page: Page; prefix: string }> {
  checkListOptions(request);
  const prefix = storagePrefix(target.kind, target.kind.namespaced ? target.namespace : '');
  const from = request.continue ? decodeContinue(request.continue) : undefined;
  const at = await revisionOf(parts, ctx, request, from);
  const query: ListQuery = {
    prefix,
    ...(from ? { after: prefix + from.after } : {}),
    ...(request.limit ? { limit: request.limit } : {}),
    ...(at === undefined ? {} : { at }),
    ...(selection.empty ? {} : { matches: (stored) => selects(parts.parsed, target.kind, selection, stored) }),
  };
  if (target.kind.conversion && selection.looksInside) await convertAll(parts, ctx.env.id, target.kind, prefix);
  try {
    const one = oneKey(target, selection, query);
    return {
      page: one
        ? await oneItemPage(parts, ctx, target.kind, one, selection)
        : await parts.store.list(ctx.env.id, query),
      prefix,
    };
  } catch (error) {
    throw listFailure(error, target, from);
  }
}

/** metadata.name=x in a namespace names one key: no walk over the others. */
function oneKey(target: Target, selection: Selection, query: ListQuery): string | undefined {
  const { kind } = target;
  if (selection.name === undefined || query.at !== undefined || query.after !== undefined) return undefined;
  if (kind.namespaced && target.namespace === undefined) return undefined;
  return storageKey(kind, kind.namespaced ? (target.namespace ?? '') : '', selection.name);
}

async function oneItemPage(
  parts: Parts,
  ctx: RequestContext,
  kind: Kind,
  key: string,
  selection: Selection,
): Promise<Page> {
  // The head first: an object that is newer than the list's revision does no harm, a missed change would.
  const head = await parts.store.head(ctx.env.id);
  const stored = await parts.store.get(ctx.env.id, key);
  const items = stored && selects(parts.parsed, kind, selection, stored) ? [stored] : [];
  return { revision: revision(Math.max(head, stored?.revision ?? 0)), items };
}

/** At which revision to list (undefined: now). Models the table of resourceVersionMatch in the API concepts (1.36). */
async function revisionOf(
  parts: Parts,
  ctx: RequestContext,
  request: ListRequest,
  from: Continuation | undefined,
): Promise<Revision | undefined> {
  const asked = parseRevision(request.resourceVersion);
  if (from) {
    if (asked) throw StatusError.badRequest('specifying resource version is not allowed when using continue');
    return from.at;
  }
  if (!asked) return undefined;
  await untilReached(parts.store, parts.clock, ctx.env.id, asked);
  // A first page that names a revision and no match means exactly that one.
  const exact = request.resourceVersionMatch === 'Exact' || (!request.resourceVersionMatch && request.limit);
  return exact ? asked : undefined;
}

function listFailure(error: unknown, target: Target, from: Continuation | undefined): unknown {
  if (error instanceof StoreError && error.code === 'compacted') {
    if (from) return new ContinueExpired(encodeContinue({ at: undefined, after: from.after }));
    return StatusError.expired('The resourceVersion for the provided list is too old.');
  }
  return statusOf(error, { ...subjectOf(target.kind), name: '' });
}

function continuationOf(page: Page, prefix: string, selection: Selection): Partial<FoundList> {
  const last = page.items[page.items.length - 1];
  if (page.remaining === undefined || page.remaining === 0 || !last) return {};
  const token = encodeContinue({ at: page.revision, after: last.key.slice(prefix.length) });
  return selection.empty ? { continue: token, remainingItemCount: page.remaining } : { continue: token };
}
