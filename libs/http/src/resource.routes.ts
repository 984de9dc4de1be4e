import { StatusError } from '#apimachinery';
import type { Kind, Subresource } from '#kinds';
import type { PatchType, Target } from '#registry';
import { sendJson } from './answer.js';
import { readBody } from './body.js';
import { serveConnect } from './connect.js';
import type { Exchange } from './exchange.js';
import { sendList } from './list-answer.js';
import { mediaTypeOf } from './media-type.js';
import { objectReaderOf, readValue } from './object-body.js';
import {
  deleteRequestOfBody,
  deleteRequestOfQuery,
  listRequestOf,
  patchOptionsOf,
  readOptionsOf,
  writeOptionsOf,
} from './options.js';
import { inShownOrder, listPieces, objectText, resourceNegotiator } from './representation.js';
import { attributesOf, type ResourceInfo } from './request-info.js';
import { requestEndMs } from './request-deadline.js';
import { type Action, actionOf } from './request-verb.js';
import { authorize } from './authentication.js';
import { serveWatch, type WatchStreams } from './watch.js';

const PATCH_TYPES: ReadonlyMap<string, PatchType> = new Map([
  ['application/json-patch+json', 'json'],
  ['application/merge-patch+json', 'merge'],
  ['application/strategic-merge-patch+json', 'strategic'],
  ['application/apply-patch+yaml', 'apply'],
]);

/** One request about a resource, from the parsed path to the end of the answer. Failures are thrown. */
export async function serveResource(x: Exchange, info: ResourceInfo, watches: WatchStreams): Promise<void> {
  const kind = x.kinds.byResource(info.group, info.version, info.resource);
  const action = actionOf(x.method, info, x.query);
  x.verb = action ?? 'other';
  if (!kind || !isServed(kind, info)) {
    // Whoever may not know what is served here does not learn it.
    await authorize(x, attributesOf(info, action ?? x.method.toLowerCase()));
    throw StatusError.noSuchPath();
  }
  if (kind.deprecation !== undefined) x.warn(kind.deprecation);
  x.groupResource = kind.storage.groupResource;
  const subresource = info.subresource === '' ? undefined : subresourceOf(kind, info.subresource);
  if (subresource?.verbs.includes('connect')) return serveConnect(x, kind, info);
  if (action === undefined || !allows(kind, subresource, info, action)) {
    await authorize(x, attributesOf(info, action ?? x.method.toLowerCase()));
    throw StatusError.methodNotAllowed(kind, action ?? x.method.toLowerCase());
  }
  if (action !== 'watch') x.endMs = requestEndMs(x.query, x.receivedMs);
  const target: Target = {
    kind,
    namespace: kind.namespaced ? info.namespace : '',
    ...(info.name === '' ? {} : { name: info.name }),
    ...(info.subresource === '' ? {} : { subresource: info.subresource }),
  };
  return ACTIONS[action](x, target, info, watches);
}

function subresourceOf(kind: Kind, name: string): Subresource | undefined {
  return kind.subresources.find((one) => one.name === name);
}

/** Does such a path exist at all? */
function isServed(kind: Kind, info: ResourceInfo): boolean {
  if (info.subresource !== '' && !subresourceOf(kind, info.subresource)) return false;
  if (info.tail.length > 0 && info.subresource !== 'proxy') return false;
  if (kind.namespaced) return info.namespace !== undefined || info.name === '';
  const isNamespaceItself =
    info.namespace !== undefined && info.name === info.namespace && kind.resource === 'namespaces';
  return info.namespace === undefined || isNamespaceItself;
}

function allows(kind: Kind, subresource: Subresource | undefined, info: ResourceInfo, action: Action): boolean {
  if (subresource) return subresource.verbs.some((verb) => verb === action);
  if (!kind.verbs.includes(action)) return false;
  const needsNamespace = action === 'create' || action === 'deletecollection';
  if (needsNamespace && kind.namespaced && info.namespace === undefined) return false;
  if (action === 'create' && info.name !== '') return false;
  return (action !== 'update' && action !== 'patch') || info.name !== '';
}

type Server = (x: Exchange, target: Target, info: ResourceInfo, watches: WatchStreams) => Promise<void>;

const ACTIONS: Record<Action, Server> = {
  async get(x, target) {
    const accepted = resourceNegotiator.choose(x.request.headers.accept);
    const found = await x.cluster.verbs.get(x, target, readOptionsOf(x.query));
    return sendJson(x, 200, objectText(x, target.kind, found, accepted), accepted.format);
  },

  async list(x, target) {
    const accepted = resourceNegotiator.choose(x.request.headers.accept);
    const found = await x.cluster.verbs.list(x, target, listRequestOf(x.query));
    const list = inShownOrder(target.kind, found, accepted);
    return sendList(x, list, listPieces(x, target.kind, list, accepted), accepted.format);
  },

  watch: (x, target, _info, watches) => serveWatch(x, target, watches),

  async create(x, target) {
    const accepted = resourceNegotiator.choose(x.request.headers.accept);
    const read = objectReaderOf(x.request.headers['content-type']);
    const options = writeOptionsOf(x.query, 'CreateOptions');
    const body = await read(x.request);
    const found = await x.cluster.verbs.create(x, target, body, options);
    return sendJson(x, 201, objectText(x, target.kind, found, accepted), accepted.format);
  },

  async update(x, target) {
    const accepted = resourceNegotiator.choose(x.request.headers.accept);
    const read = objectReaderOf(x.request.headers['content-type']);
    const options = writeOptionsOf(x.query, 'UpdateOptions');
    const body = await read(x.request);
    const found = await x.cluster.verbs.update(x, target, body, options);
    return sendJson(x, found.created ? 201 : 200, objectText(x, target.kind, found, accepted), accepted.format);
  },

  async patch(x, target) {
    const accepted = resourceNegotiator.choose(x.request.headers.accept);
    const type = PATCH_TYPES.get(mediaTypeOf(x.request.headers['content-type']));
    if (type === undefined) throw StatusError.unsupportedMediaType([...PATCH_TYPES.keys()]);
    const options = patchOptionsOf(x.query, type);
    const body = { bytes: await readBody(x.request), format: type === 'apply' ? ('yaml' as const) : ('json' as const) };
    const found = await x.cluster.verbs.patch(x, target, type, body, options);
    return sendJson(x, found.created ? 201 : 200, objectText(x, target.kind, found, accepted), accepted.format);
  },

  async delete(x, target) {
    const accepted = resourceNegotiator.choose(x.request.headers.accept);
    const request = await deleteRequestOf(x);
    const { gone, text } = await x.cluster.verbs.delete(x, target, request);
    // Models DeleteResource (1.36): only who asked for cascading by the old field learns that it is not over yet.
    return sendJson(x, !gone && request.orphanDependents === false ? 202 : 200, text, accepted.format);
  },

  async deletecollection(x, target) {
    const accepted = resourceNegotiator.choose(x.request.headers.accept);
    const request = { ...listRequestOf(x.query), ...(await deleteRequestOf(x)) };
    const list = await x.cluster.verbs.deleteCollection(x, target, request);
    return sendList(x, list, listPieces(x, target.kind, list, accepted), accepted.format);
  },
};

/** DeleteOptions come in the body or, when there is none, in the query. */
async function deleteRequestOf(x: Exchange) {
  const value = await readValue(x.request);
  return value === undefined ? deleteRequestOfQuery(x.query) : deleteRequestOfBody(value);
}
