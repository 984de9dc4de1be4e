import type { FlowMatch, RequestAttributes, UserInfo } from '#auth';
import type { Clock, FairTurns, SandboxId } from '#base';
import type { ServedCluster, WorkGate } from '#registry';
import type { Exchange } from './exchange.js';
import { InFlight, type InFlightLimits, Overloaded, type Place } from './in-flight.js';
import { DroppedRequests } from './dropped-requests.js';
import { attributesOfRequest } from './request-attributes.js';
import type { WatchPlaces } from './watch-places.js';

/** Requests for these last as long as somebody listens, and no limit counts them. Models LongRunningFunc of kube-apiserver (1.36). */
const LASTING_SUBRESOURCES = new Set(['attach', 'exec', 'log', 'portforward', 'proxy']);

/** Who may come in, and when: the same for requests, upgrades and what comes over connections that last. */
export class Gatekeeper {
  readonly inFlight: InFlight;
  /** With a cluster its refusals are forgotten. */
  private readonly dropped = new WeakMap<ServedCluster, DroppedRequests>();

  constructor(
    limits: InFlightLimits,
    readonly watches: WatchPlaces,
    private readonly turns: FairTurns<SandboxId>,
    private readonly clock: Clock,
  ) {
    this.inFlight = new InFlight(limits);
  }

  /** A place, and its turn to wait for (undefined: now). Fails with 429. Every success is followed by one `leave`. */
  enter(sandbox: SandboxId): { place: Place; turn: Promise<void> | undefined } {
    return { place: this.inFlight.enter(sandbox), turn: this.turns.turnOf(sandbox) };
  }

  leave(place: Place): void {
    this.inFlight.leave(place);
  }

  /** The caller is known: finds the flow and holds the limits to it. Fails with 429. */
  async claim(place: Place, x: Exchange): Promise<void> {
    const { cluster, user, method } = x;
    const attributes = attributesOfRequest(x);
    if (attributes.kind === 'resource' && LASTING_SUBRESOURCES.has(attributes.subresource)) return;
    x.flow = cluster.flows && (await flowOf(cluster, user, attributes));
    if (x.flow?.exempt) return;
    try {
      this.inFlight.claim(place, user.username, method !== 'GET' && method !== 'HEAD');
    } catch (error) {
      throw error instanceof Overloaded ? new Overloaded(this.retryAfterOf(x)) : error;
    }
  }

  /** For what comes over the connection that `x` opened and that lasts. */
  gateOf({ cluster, path }: Exchange): WorkGate {
    const { id } = cluster.env;
    return {
      enter: async ({ user }, mutating) => {
        const { place, turn } = this.enter(id);
        try {
          if (turn) await turn;
          const flow = await flowOf(cluster, user, { kind: 'path', verb: mutating ? 'post' : 'get', path });
          if (!flow?.exempt) this.inFlight.claim(place, user.username, mutating);
        } catch (error) {
          this.leave(place);
          throw error;
        }
        return () => this.leave(place);
      },
      watch: ({ user }) => this.watches.take(id, user.username),
    };
  }

  private retryAfterOf({ cluster, flow }: Exchange): number {
    let dropped = this.dropped.get(cluster);
    if (!dropped) this.dropped.set(cluster, (dropped = new DroppedRequests()));
    return dropped.record(flow?.levelName ?? '', Math.floor(this.clock.nowMs() / 1_000));
  }
}

/** undefined: the cluster has no FlowSchemas. Fails as the store does. */
async function flowOf(
  { flows }: ServedCluster,
  user: UserInfo,
  attributes: RequestAttributes,
): Promise<FlowMatch | undefined> {
  const loading = flows?.ready();
  if (loading) await loading;
  return flows?.classify(user, attributes);
}
