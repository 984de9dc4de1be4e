import { type IncomingMessage, ServerResponse } from 'node:http';
import { FairTurns, Trace } from '#base';
import type { AuditedRequest } from '#audit';
import { isReason, StatusError } from '#apimachinery';
import { sendStatus } from './answer.js';
import { auditIds } from './audit-id.js';
import { auditRefused, auditTurnedAway, beginAudit, endAudit } from './auditing.js';
import { userOf } from './authentication.js';
import { ClientGone } from './body.js';
import { Documents } from './documents.js';
import { type FrontDoorOptions, IN_FLIGHT, WATCHES_MAX } from './door.js';
import { Exchange, type RawRequest, type RawResponse } from './exchange.js';
import { statusErrorOf } from './failure.js';
import { Gatekeeper } from './gatekeeper.js';
import type { Place } from './in-flight.js';
import { counter, gauge, RequestMetrics } from './metrics.js';
import { type PathServers, servePath } from './path.routes.js';
import { Query } from './query.js';
import { attributesOfPath } from './request-attributes.js';
import type { Address } from './request-info.js';
import { serveResource } from './resource.routes.js';
import type { ServedCluster, WorkGate } from '#registry';
import { MODELLED_VERSION } from './version.js';
import { WatchPlaces } from './watch-places.js';
import { WatchStreams } from './watch.js';

/** An id that names no cluster gets the answer of one that does not exist: nothing tells the two apart. */
function noSuchSandbox(base: string): StatusError {
  return StatusError.notFound({ group: 'sandkube.dev', resource: 'sandboxes' }, base.slice('/sandboxes/'.length));
}

/**
 * The way of every Kubernetes request: cluster, caller, path, verbs, answer. One instance per process; it knows
 * nothing of listeners, so that both of them, and tests, hand it their requests.
 */
export class FrontDesk {
  readonly watches: WatchStreams;
  readonly auditId = auditIds();
  private readonly gatekeeper: Gatekeeper;
  private readonly documents = new Documents();
  private readonly processMetrics = new RequestMetrics();
  private readonly clusterMetrics = new WeakMap<ServedCluster, RequestMetrics>();
  private readonly pathServers: PathServers;

  constructor(
    private readonly options: FrontDoorOptions,
    serverAddress: () => string,
  ) {
    const places = new WatchPlaces(options.watchesMax ?? WATCHES_MAX);
    const turns = options.turns ?? new FairTurns(options.clock);
    this.gatekeeper = new Gatekeeper(options.inFlight ?? IN_FLIGHT, places, turns, options.clock);
    this.watches = new WatchStreams(options.clock, options.random, places);
    this.pathServers = {
      documents: this.documents,
      version: options.version ?? MODELLED_VERSION,
      mountPaths: options.mounts.map((mount) => mount.path),
      serverAddress,
      metrics: (x) => this.metricsText(x),
      lasting: (x, timeoutMs) => this.watches.lasting(x, timeoutMs),
    };
  }

  /** Never rejects: every failure ends as an answer, or with the connection when nobody listens any more. */
  async serve(request: RawRequest, response: RawResponse, address: Address): Promise<void> {
    const startedMs = this.options.clock.monotonicMs();
    const auditId = this.auditId(request);
    let exchange: Exchange | undefined;
    let place: Place | undefined;
    try {
      place = await this.enter(address);
      exchange = await this.receive(request, response, address, auditId);
      await this.gatekeeper.claim(place, exchange);
      await this.dispatch(exchange);
    } catch (error) {
      await this.fail(error, response, auditId, exchange);
      if (!exchange) void this.auditTurnedAway(request, address, auditId, error);
    }
    if (place) this.gatekeeper.leave(place);
    if (exchange?.audit) endAudit(exchange);
    if (exchange) this.record(exchange, response.statusCode, startedMs);
  }

  /** The same way for what is answered elsewhere: `work` has its place, its turn and its caller. Fails as `work` does, or with a Status. */
  async during<T>(
    request: RawRequest,
    response: RawResponse,
    address: Address,
    auditId: string,
    work: (x: Exchange) => Promise<T> | T,
  ): Promise<T> {
    let x: Exchange | undefined;
    let place: Place | undefined;
    try {
      place = await this.enter(address);
      x = await this.receive(request, response, address, auditId);
      await this.gatekeeper.claim(place, x);
      return await work(x);
    } catch (error) {
      if (!x) void this.auditTurnedAway(request, address, auditId, error);
      const isGone = error instanceof ClientGone;
      const failure = isGone ? error : this.statusOf(error, auditId, x?.audit);
      x?.audit?.complete();
      throw failure;
    } finally {
      if (place) this.gatekeeper.leave(place);
    }
  }

  /** The same for an upgrade, which has a socket instead of a response. What comes over the socket goes through `gate`. */
  duringUpgrade(
    request: RawRequest,
    address: Address,
    auditId: string,
    work: (x: Exchange, gate: WorkGate) => Promise<void> | void,
  ): Promise<void> {
    const response = new ServerResponse(request as IncomingMessage);
    return this.during(request, response, address, auditId, (x) => work(x, this.gatekeeper.gateOf(x)));
  }

  /** Waits for its turn. Fails with 404, 429. */
  private async enter({ sandbox, base }: Address): Promise<Place> {
    if (!sandbox) throw noSuchSandbox(base);
    const { place, turn } = this.gatekeeper.enter(sandbox);
    if (turn) await turn;
    return place;
  }

  /** Finds the cluster and the caller. Fails with 404, 401, 503. */
  private async receive(
    request: RawRequest,
    response: RawResponse,
    address: Address,
    auditId: string,
  ): Promise<Exchange> {
    const cluster = address.sandbox && (await this.options.clusters(address.sandbox));
    if (!cluster) throw noSuchSandbox(address.base);
    const trace = new Trace(auditId, `${request.method} ${address.path}`, this.options.clock);
    cluster.traces.add(trace);
    const policy = cluster.auditor?.ready();
    if (policy) await policy;
    const authenticated = trace.start('authentication');
    const { user, query } = await this.callerOf(request, cluster, address, auditId);
    authenticated({ user: user.username });
    const x = new Exchange(request, response, cluster, address.base, address.path, query, user, trace);
    x.receivedMs = this.options.clock.monotonicMs();
    beginAudit(x);
    return x;
  }

  private async callerOf(request: RawRequest, cluster: ServedCluster, address: Address, auditId: string) {
    try {
      const about = () => attributesOfPath(request.method!, address.path, Query.orEmpty(address.search));
      return { user: await userOf(request, cluster, about), query: Query.parse(address.search) };
    } catch (error) {
      await auditRefused(request, cluster, address, auditId, error);
      throw error;
    }
  }

  /** What found no room is recorded where its cluster is at work already: a storm must wake nobody. */
  private async auditTurnedAway(request: RawRequest, address: Address, auditId: string, error: unknown): Promise<void> {
    if (!isReason(error, 'TooManyRequests') || !address.sandbox || !this.gatekeeper.inFlight.has(address.sandbox))
      return;
    const cluster = await this.options.clusters(address.sandbox).catch(() => undefined);
    if (cluster) auditTurnedAway(request, cluster, address, auditId, error);
  }

  /** Resolves when nothing is under way. */
  untilIdle(): Promise<void> {
    return this.gatekeeper.inFlight.untilEmpty();
  }

  private dispatch(x: Exchange): Promise<void> {
    const { info } = x;
    if (info.kind === 'resource') return serveResource(x, info.resource, this.watches);
    x.verb = x.method.toLowerCase();
    return servePath(x, info.segments, this.pathServers);
  }

  private async fail(error: unknown, response: RawResponse, auditId: string, x: Exchange | undefined): Promise<void> {
    if (error instanceof ClientGone) return void response.destroy();
    const status = this.statusOf(error, auditId, x?.audit);
    if (x?.audit?.blocking) await x.audit.settle();
    sendStatus(response, auditId, status, x);
  }

  /** What the client may see of an error; the record of the request, and the log if nobody expected it, are told. */
  statusOf(error: unknown, auditId: string, audit?: AuditedRequest): StatusError {
    let isPanic = false;
    const status = statusErrorOf(error, auditId, (cause, id) => {
      isPanic = true;
      this.options.unexpected?.(cause, id);
    });
    audit?.failed(status, isPanic);
    return status;
  }

  private record(x: Exchange, code: number, startedMs: number): void {
    const durationMs = this.options.clock.monotonicMs() - startedMs;
    this.processMetrics.record(x.verb, x.groupResource, code, durationMs);
    this.metricsOf(x.cluster).record(x.verb, x.groupResource, code, durationMs);
  }

  private metricsOf(cluster: ServedCluster): RequestMetrics {
    let metrics = this.clusterMetrics.get(cluster);
    if (!metrics) this.clusterMetrics.set(cluster, (metrics = new RequestMetrics()));
    return metrics;
  }

  /** The host sees the whole process, a sandbox only itself. */
  private metricsText(x: Exchange): string {
    const audited = auditText(x.cluster, x.base === '');
    if (x.base !== '') return this.metricsOf(x.cluster).text() + audited;
    return (
      this.processMetrics.text() +
      audited +
      counter(
        'apiserver_flowcontrol_rejected_requests_total',
        'Requests answered 429, by what was full.',
        'reason',
        this.gatekeeper.inFlight.rejected,
      ) +
      gauge(
        'apiserver_current_inflight_requests',
        'Requests being served, watches left out.',
        this.gatekeeper.inFlight.total,
      ) +
      gauge('apiserver_longrunning_requests', 'Open watches.', this.gatekeeper.watches.total) +
      gauge('process_resident_memory_bytes', 'Resident memory of the process.', process.memoryUsage.rss()) +
      (this.options.metrics?.() ?? '')
    );
  }
}

/** The host counts for the process, a sandbox for itself. */
function auditText({ auditor }: ServedCluster, wholeProcess: boolean): string {
  if (!auditor) return '';
  const events = wholeProcess ? auditor.log.counts.events : auditor.events;
  let text = counter('apiserver_audit_event_total', 'Audit events generated.', '', { '': events });
  if (wholeProcess) {
    const { dropped, failed } = auditor.log.counts;
    text += counter('apiserver_audit_error_total', 'Audit events that were not kept.', 'plugin', {
      buffered: dropped,
      log: failed,
    });
  }
  return text;
}
