import { StatusError } from '#apimachinery';
import { isAuditLogPath, type LastingAnswers, serveAuditLog } from './audit-log.routes.js';
import { sendBody, sendJson } from './answer.js';
import { authorize } from './authentication.js';
import { serveDiscovery } from './discovery/discovery.routes.js';
import type { Documents } from './documents.js';
import type { Exchange } from './exchange.js';
import { isHealthPath, serveHealth } from './health.js';
import { Negotiator } from './media-type.js';
import { OPEN_ID_PATHS, openIdServer } from './open-id.routes.js';
import { serveOpenApi } from './openapi/openapi.routes.js';
import type { VersionInfo } from './version.js';

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const negotiator = new Negotiator(new Set());

/** What the paths that are no resources are made of. */
export interface PathServers {
  readonly documents: Documents;
  readonly version: VersionInfo;
  readonly mountPaths: readonly string[];
  /** host:port as clients reach it; known once the server listens. */
  serverAddress(): string;
  metrics(x: Exchange): string;
  readonly lasting: LastingAnswers;
}

/** Discovery, health, version, metrics and the list of all of them. Only reading is possible. */
export async function servePath(x: Exchange, segments: readonly string[], servers: PathServers): Promise<void> {
  await authorize(x, { kind: 'path', verb: x.method.toLowerCase(), path: x.path });
  const serve = serverOf(x, segments, servers);
  if (!serve) throw StatusError.noSuchPath();
  if (x.method !== 'GET' && x.method !== 'HEAD') {
    throw new StatusError(
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
      {},
    );
  }
  return serve();
}

function serverOf(x: Exchange, segments: readonly string[], servers: PathServers): (() => Promise<void>) | undefined {
  if (isHealthPath(segments)) return () => serveHealth(x, segments);
  if (segments[0] === 'api' || segments[0] === 'apis') {
    return () => serveDiscovery(x, segments, servers.documents, servers.serverAddress());
  }
  if (segments[0] === '.well-known' || segments[0] === 'openid') return openIdServer(x, servers.serverAddress());
  if (segments[0] === 'openapi' && segments.length > 1) {
    return () => serveOpenApi(x, segments, servers.documents, servers.version);
  }
  if (isAuditLogPath(segments)) return () => serveAuditLog(x, servers.lasting);
  if (segments[0] === undefined) return () => sendRootPaths(x, servers);
  if (segments.length > 1) return undefined;
  switch (segments[0]) {
    case 'version':
      return () => sendJson(x, 200, JSON.stringify(servers.version, null, 2), 'json');
    case 'metrics':
      return () => sendBody(x, 200, servers.metrics(x), METRICS_TYPE);
    default:
      return undefined;
  }
}

/** `/`: what there is to ask for, for people who look around. */
function sendRootPaths(x: Exchange, servers: PathServers): Promise<void> {
  const { format } = negotiator.choose(x.request.headers.accept);
  const groups = x.kinds.groups.filter((group) => group.name !== '');
  const paths = [
    '/api',
    ...(groups.length < x.kinds.groups.length ? ['/api/v1'] : []),
    '/apis',
    ...groups.flatMap(({ name, versions }) => [
      `/apis/${name}`,
      ...versions.map((version) => `/apis/${name}/${version}`),
    ]),
    ...['/healthz', '/livez', '/metrics', '/openapi/v2', '/openapi/v3', '/readyz', '/version'],
    ...(x.cluster.authenticator.tokenKeys ? OPEN_ID_PATHS : []),
    ...servers.mountPaths,
  ];
  return sendJson(x, 200, JSON.stringify({ paths: paths.sort() }), format);
}
