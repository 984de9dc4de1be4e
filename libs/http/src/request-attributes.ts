import type { RequestAttributes } from '#auth';
import type { Exchange } from './exchange.js';
import type { Query } from './query.js';
import { attributesOf, type RequestInfo, requestInfoOf } from './request-info.js';
import { verbOf } from './request-verb.js';

/** What a request asks for, before it is known whether such a thing exists. Never fails. */
export function attributesOfRequest(x: Exchange): RequestAttributes {
  return attributesFrom(x.method, x.path, x.query, () => x.info);
}

/** The same where there is no exchange, because the caller could not be found. */
export function attributesOfPath(method: string, path: string, query: Query): RequestAttributes {
  return attributesFrom(method, path, query, () => requestInfoOf(path));
}

function attributesFrom(method: string, path: string, query: Query, infoOf: () => RequestInfo): RequestAttributes {
  try {
    const info = infoOf();
    if (info.kind === 'resource') return attributesOf(info.resource, verbOf(method, info.resource, query));
  } catch {
    // A path that nothing can be at is refused a moment later, and counted and recorded as it came.
  }
  return { kind: 'path', verb: method.toLowerCase(), path };
}
