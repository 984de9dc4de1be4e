import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  execute,
  type ExecutionArgs,
  getOperationAST,
  GraphQLError,
  type GraphQLFormattedError,
  OperationTypeNode,
  parse,
  specifiedRules,
  subscribe,
  validate,
} from 'graphql';
import { CloseCode, type Context, handleProtocols, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Clock, Timer } from '#base';
import { StatusError } from '#apimachinery';
import type { RequestContext, ServedCluster, WorkGate } from '#registry';
import { formatError, type ReportError } from './errors.js';
import type { Executor } from './executor.js';
import { QueryLimitsRule, queryLimits } from './limits.js';
import { operationContext } from './scope.js';
import type { OperationContext } from './source.js';

export interface SocketsOptions {
  readonly clock: Clock;
  readonly report: ReportError;
  executorOf(cluster: ServedCluster): Promise<Executor>;
}

/** Open sockets of the process, twice those of a sandbox; operations of one socket; bytes of one message. */
const SOCKETS_MAX = 10_000;
const OPERATIONS_PER_SOCKET_MAX = 100;
const MESSAGE_BYTES_MAX = 1_048_576;
/** A peer that did not answer the ping before is gone. */
const PING_MS = 15_000;

/** Whose socket it is, and the limits that hold for what comes over it. */
interface Visit extends Record<PropertyKey, unknown> {
  readonly cluster: ServedCluster;
  readonly request: RequestContext;
  readonly gate: WorkGate;
}

type VisitContext = Context<Record<string, unknown>, Visit>;

/** Subscriptions (and any other operation) over WebSockets in the protocol `graphql-transport-ws`. */
export class GraphqlSockets {
  private readonly protocol: Server<Visit>;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    handleProtocols: (offered) => handleProtocols(offered),
  });

  constructor(private readonly options: SocketsOptions) {
    this.protocol = makeServer<Record<string, unknown>, Visit>({
      onConnect: async (context) => {
        await authenticate(context);
        return true;
      },
      onSubscribe: (context, _id, payload) => this.prepare(context, payload),
      execute: (args: ExecutionArgs) => within(args, () => execute(args)),
      subscribe: (args: ExecutionArgs) => within(args, () => subscribe(args)),
      onNext: (_context, _id, _payload, _args, result) =>
        ({
          ...result,
          ...(result.errors ? { errors: result.errors.map((error) => this.format(error)) } : {}),
        }) as never,
      onError: (_context, _id, _payload, errors) => errors.map((error) => this.format(error)),
    });
  }

  /** Owns the socket from here on. An open one counts as a watch, for it lasts as one. Fails with 429. */
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, visit: Visit): void {
    const refusal = this.refusalOf(incoming);
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const leave = visit.gate.watch(visit.request);
    socket.once('close', leave);
    this.sockets.handleUpgrade(incoming, socket, head, (opened) => this.serve(opened, visit));
  }

  close(): void {
    for (const client of this.sockets.clients) client.close(1001, 'Going away');
  }

  /**
   * A page of another site may not open one: a browser would send the user's certificate along, and unlike fetch,
   * WebSockets ask nobody before.
   */
  private refusalOf({ headers }: IncomingMessage): string | undefined {
    if (this.sockets.clients.size >= SOCKETS_MAX) return '503 Service Unavailable';
    const { origin, host } = headers;
    if (origin === undefined) return undefined;
    return URL.canParse(origin) && new URL(origin).host === host ? undefined : '403 Forbidden';
  }

  private serve(socket: WebSocket, visit: Visit): void {
    const { clock, report } = this.options;
    // A connection that breaks is no failure of the server's; 'close' follows.
    socket.on('error', () => undefined);
    let timer: Timer;
    let alive = true;
    const ping = () => {
      if (!alive) return socket.terminate();
      alive = false;
      socket.ping();
      timer = clock.setTimer(PING_MS, ping);
    };
    timer = clock.setTimer(PING_MS, ping);
    socket.on('pong', () => (alive = true));
    const closed = this.protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) => {
          socket.on('message', (data: RawData) => {
            receive(textOf(data)).catch((error: unknown) => refuse(socket, error, report));
          });
        },
      },
      visit,
    );
    socket.once('close', (code: number, reason: Buffer) => {
      timer.cancel();
      closed(code, reason.toString()).catch((error: unknown) => report(error as Error));
    });
  }

  private async prepare(context: VisitContext, payload: SubscribePayload): Promise<ExecutionArgs | GraphQLError[]> {
    const { cluster, request, gate } = context.extra;
    if (Object.keys(context.subscriptions).length > OPERATIONS_PER_SOCKET_MAX) {
      return [new GraphQLError(`more than ${OPERATIONS_PER_SOCKET_MAX} operations on one connection`)];
    }
    if (payload.query.length > queryLimits.queryBytesMax) return [new GraphQLError('the query is too long')];
    try {
      const { schema } = await this.options.executorOf(cluster);
      const document = parse(payload.query, { maxTokens: queryLimits.tokensMax });
      const errors = validate(schema, document, [...specifiedRules, QueryLimitsRule]);
      if (errors.length > 0) return [...errors];
      return {
        schema,
        document,
        operationName: payload.operationName ?? null,
        variableValues: payload.variables ?? null,
        contextValue: operationContext(cluster, request, this.options.clock, gate),
      };
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }

  private format(error: GraphQLError): GraphQLFormattedError {
    return formatError(error.toJSON(), error, this.options.report);
  }
}

/** An operation waits for its turn as a request does. Of a subscription that is its opening; open, it counts as a watch. */
async function within<T>({ document, operationName, contextValue }: ExecutionArgs, run: () => T | Promise<T>) {
  const { gate, scope } = contextValue as OperationContext;
  const mutating = getOperationAST(document, operationName)?.operation === OperationTypeNode.MUTATION;
  let leave: (() => void) | undefined;
  try {
    leave = await gate?.enter(scope.request, mutating);
    return await run();
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return { errors: [new GraphQLError(error.message, { originalError: error })] };
  } finally {
    leave?.();
  }
}

/** `{ "authorization": "Bearer …" }` in connection_init: what a browser cannot put into the handshake's headers. */
async function authenticate(context: VisitContext): Promise<void> {
  const given = context.connectionParams?.['authorization'] ?? context.connectionParams?.['Authorization'];
  if (typeof given !== 'string' || given === '') return;
  const bearerToken = /^Bearer +(\S+) *$/i.exec(given)?.[1];
  const { cluster, request } = context.extra;
  const user = bearerToken === undefined ? undefined : await cluster.authenticator.authenticate({ bearerToken });
  if (!user) throw StatusError.unauthorized();
  const { env, kinds, trace } = request;
  const asUser: RequestContext = { env, kinds, user, trace, warn: (message) => request.warn(message) };
  Object.assign(context.extra, { request: asUser });
}

/** Resolves when it has left: a slow peer holds back its own subscription, nobody else's. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    socket.send(text, () => resolve());
  });
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}

function refuse(socket: WebSocket, error: unknown, report: ReportError): void {
  if (error instanceof StatusError && error.code === 401) return socket.close(CloseCode.Forbidden, error.message);
  if (error instanceof SyntaxError || error instanceof TypeError)
    return socket.close(CloseCode.BadRequest, 'Bad message');
  report(error instanceof Error ? error : new Error(String(error)));
  socket.close(CloseCode.InternalServerError, 'Internal server error');
}
