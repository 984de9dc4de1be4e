import type { Duplex } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock, FairTurns, Random, SandboxId } from '#base';
import type { ClusterDirectory, RequestContext, ServedCluster, WorkGate } from '#registry';
import type { InFlightLimits } from './in-flight.js';
import type { UnexpectedErrorSink } from './failure.js';
import type { VersionInfo } from './version.js';

/**
 * Something else served beside the Kubernetes API, on the host and in every sandbox alike: GraphQL, the console.
 * It is called after authentication; errors that it throws become a Status.
 */
export interface Mount {
  /** '/graphql': that path and what is below it. */
  readonly path: string;
  /**
   * Answers by `reply` or by what it returns. `request.body` is the parsed JSON of an `application/json` body, else its
   * bytes (absent when there is none).
   */
  handle(request: FastifyRequest, reply: FastifyReply, cluster: ServedCluster, ctx: RequestContext): Promise<unknown>;
  /** A WebSocket that wants to open there. Owns the socket from here on; `gate` is for the work that comes over it. */
  upgrade?(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    cluster: ServedCluster,
    ctx: RequestContext,
    gate: WorkGate,
  ): void;
}

export interface FrontDoorOptions {
  readonly clusters: ClusterDirectory;
  readonly tls: { readonly key: string; readonly cert: string; readonly ca?: string | readonly string[] };
  /** Listening address of the TLS port. The plain one listens on loopback, whatever this says. */
  readonly bind: string;
  /** 0: any free one. */
  readonly httpsPort: number;
  /** undefined: no plain listener. 0: any free one. */
  readonly httpPort: number | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly mounts: readonly Mount[];
  readonly version?: VersionInfo;
  /** Requests at once; more are answered 429. */
  readonly inFlight?: InFlightLimits;
  /** In which requests start. Shared with whatever else takes the process's time. */
  readonly turns?: FairTurns<SandboxId>;
  /** Watches open at once in one sandbox. */
  readonly watchesMax?: number;
  /** Prometheus text that `/metrics` of the host shows besides its own. */
  readonly metrics?: () => string;
  readonly unexpected?: UnexpectedErrorSink;
}

/** kube-apiserver's defaults (1.36) for each sandbox, thrice that with the exempt, and ten of them for the process. */
export const IN_FLIGHT: InFlightLimits = { readsMax: 400, writesMax: 200, sandboxMax: 1_800, allMax: 6_000 };
/** Enough for every kubelet of a large class; few enough that abandoned ones cannot fill the memory. */
export const WATCHES_MAX = 5_000;
