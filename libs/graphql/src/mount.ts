import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HTTPGraphQLResponse } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type Clock, HOST_SANDBOX_ID } from '#base';
import { StatusError } from '#apimachinery';
import { describedDefinitions, type KindCatalog } from '#kinds';
import type { RequestContext, ServedCluster, WorkGate } from '#registry';
import type { ReportError } from './errors.js';
import { Executor } from './executor.js';
import { IntrospectionAnswers, isIntrospection } from './introspection.js';
import type { ReadLogs } from './kind-types.js';
import { queryLimits } from './limits.js';
import { pageAsset, pageHeaders, pageHtml } from './page/page.js';
import type { SandboxesOptions } from './sandbox-edge.js';
import { schemaOf } from './schema.js';
import { operationContext } from './scope.js';
import { GraphqlSockets } from './socket.js';

export interface GraphqlMountOptions {
  /** The server's time, for what simulates nothing: retries, pings, bookmarks. */
  readonly clock: Clock;
  /** Told of failures that are no caller's fault. */
  readonly report: ReportError;
  /** For the host: the way into its sandboxes. */
  readonly sandboxes?: SandboxesOptions;
  /** Where pods have logs. */
  readonly readLogs?: ReadLogs;
}

/** What an HTTP server mounts at `/graphql` of every cluster, host and sandboxes. */
export interface GraphqlMount {
  readonly path: '/graphql';
  /** POST and GET run operations; GET by a browser gives the GraphiQL page, whose files are below `assets/`. */
  handle(request: FastifyRequest, reply: FastifyReply, cluster: ServedCluster, ctx: RequestContext): Promise<unknown>;
  /** graphql-transport-ws. Owns the socket from here on; what comes over it passes through `gate`. Fails with 429. */
  upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    cluster: ServedCluster,
    ctx: RequestContext,
    gate: WorkGate,
  ): void;
  /** Ends all sockets. */
  close(): Promise<void>;
}

/** Schemas in memory: one for sandboxes without CRDs, one for the host, one for each set of CRDs in recent use. */
const SCHEMAS_MAX = 32;
/** '' for operations and the page, '/assets/…' for its files. */
const PATH = /^(?:\/sandboxes\/[^/]+)?\/graphql(\/[^?]*)?(?:\?|$)/;
const ASSETS = '/assets/';

interface Served {
  readonly executor: Executor;
  readonly introspection: IntrospectionAnswers;
}

class Mount implements GraphqlMount {
  readonly path = '/graphql';
  private readonly served = new LRUCache<string, Promise<Served>>({
    max: SCHEMAS_MAX,
    dispose: (served) => void served.then(({ executor }) => executor.stop()).catch(() => undefined),
  });
  private readonly sockets: GraphqlSockets;

  constructor(private readonly options: GraphqlMountOptions) {
    this.sockets = new GraphqlSockets({
      clock: options.clock,
      report: options.report,
      executorOf: async (cluster) => (await this.servedFor(cluster.kinds)).executor,
    });
  }

  async handle(request: FastifyRequest, reply: FastifyReply, cluster: ServedCluster, ctx: RequestContext) {
    const below = PATH.exec(request.url)?.[1] ?? '';
    if (below.startsWith(ASSETS)) return sendAsset(request, reply, below.slice(ASSETS.length));
    if (below !== '') throw StatusError.noSuchPath();
    if (wantsPage(request)) {
      const html = pageHtml(cluster.env.id === HOST_SANDBOX_ID);
      return reply.headers(pageHeaders(request.headers.host)).type('text/html; charset=utf-8').send(html);
    }
    return this.operation(request, reply, cluster, ctx);
  }

  upgrade(
    incoming: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    cluster: ServedCluster,
    request: RequestContext,
    gate: WorkGate,
  ): void {
    this.sockets.upgrade(incoming, socket, head, { cluster, request, gate });
  }

  async close(): Promise<void> {
    this.sockets.close();
    this.served.clear();
  }

  private async operation(request: FastifyRequest, reply: FastifyReply, cluster: ServedCluster, ctx: RequestContext) {
    const body = isObject(request.body) ? request.body : undefined;
    const query = body?.['query'];
    if (typeof query === 'string' && query.length > queryLimits.queryBytesMax) {
      throw StatusError.tooLarge(`the query is longer than ${queryLimits.queryBytesMax} characters`);
    }
    const { executor, introspection } = await this.servedFor(cluster.kinds);
    const run = () => {
      const context = operationContext(cluster, ctx, this.options.clock);
      const { method } = request;
      return executor.http({ method, headers: headersOf(request), search: searchOf(request.url), body }, context);
    };
    const finished = ctx.trace.start('graphql', {});
    const accept = request.headers.accept ?? '';
    const shared =
      body !== undefined && typeof query === 'string' && request.method === 'POST' && isIntrospection(query);
    const response = await (shared ? introspection.answer(body, accept, run) : run());
    finished({ status: response.status ?? 200 });
    return send(reply, response);
  }

  private servedFor(catalog: KindCatalog): Promise<Served> {
    const known = this.served.get(catalog.version);
    if (known) return known;
    const made = this.serve(catalog);
    this.served.set(catalog.version, made);
    made.catch(() => this.served.delete(catalog.version));
    return made;
  }

  private async serve(catalog: KindCatalog): Promise<Served> {
    const { report, sandboxes, readLogs } = this.options;
    const described = await describedDefinitions();
    const schema = schemaOf(catalog, {
      described,
      ...(sandboxes ? { sandboxes } : {}),
      ...(readLogs ? { readLogs } : {}),
    });
    return { executor: new Executor(schema, report), introspection: new IntrospectionAnswers() };
  }
}

export function graphqlMount(options: GraphqlMountOptions): GraphqlMount {
  return new Mount(options);
}

/** A browser that opens the address. What runs queries by GET asks for JSON. */
function wantsPage({ method, headers }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && (headers.accept ?? '').includes('text/html');
}

async function sendAsset(request: FastifyRequest, reply: FastifyReply, name: string) {
  if (request.method !== 'GET' && request.method !== 'HEAD') throw StatusError.noSuchPath();
  const asset = await pageAsset(name);
  if (!asset) throw StatusError.noSuchPath();
  const headers = { etag: asset.etag, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };
  reply.headers(headers);
  if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
  return reply.type(asset.contentType).send(asset.bytes);
}

async function send(reply: FastifyReply, { status, headers, body }: HTTPGraphQLResponse) {
  for (const [name, value] of headers) reply.header(name, value);
  reply.code(status ?? 200);
  if (body.kind === 'complete') return reply.send(body.string);
  // @defer and @stream are not in the schema, so that no answer comes in pieces.
  throw StatusError.internal('an incremental answer cannot be sent');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

function* headersOf({ headers }: FastifyRequest): Generator<readonly [string, string]> {
  for (const [name, value] of Object.entries(headers)) {
    // HTTP/2's own (':path') are no headers.
    if (value !== undefined && !name.startsWith(':')) yield [name, Array.isArray(value) ? value.join(', ') : value];
  }
}

function searchOf(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at);
}
