import { createHash } from 'node:crypto';
import type { Random, SandboxEnv } from '#base';
import { isReason, rfc3339Micro } from '#apimachinery';
import type { ApiFor, ClusterApi, ComponentIdentity } from '#client';
import { API_SERVER } from '#controller-runtime';
import { type Lease, leaseKind } from '#kinds';

const NAMESPACE = 'kube-system';

interface Component {
  readonly lease: string;
  readonly identity: ComponentIdentity;
  readonly periodMs: number;
  make(nowMs: number, random: Random): Lease;
}

/** --leader-elect-lease-duration and --leader-elect-retry-period. */
const LEADER_SECONDS = 15;
const LEADER_BEAT_MS = 2_000;
/** IdentityLeaseDurationSeconds and IdentityLeaseRenewIntervalPeriod of kube-apiserver. */
const IDENTITY_SECONDS = 3_600;
const IDENTITY_BEAT_MS = 10_000;

/** Who leads is who runs: there is one of each. Models client-go's leaderelection with a LeaseLock (1.36). */
function leaderOf(name: string, host: string): Component {
  return {
    lease: name,
    identity: { username: `system:${name}`, groups: ['system:authenticated'] },
    periodMs: LEADER_BEAT_MS,
    make: (nowMs, random) =>
      leaseNamed(name, {
        holderIdentity: `${host}_${random.uuid()}`,
        leaseDurationSeconds: LEADER_SECONDS,
        acquireTime: rfc3339Micro(nowMs),
        renewTime: rfc3339Micro(nowMs),
        leaseTransitions: 0,
      }),
  };
}

/** An API server tells that it is there, whoever leads. Models the identity leases of kube-apiserver (1.36). */
function apiServerOn(host: string): Component {
  const name = `apiserver-${base32(createHash('sha256').update(host).digest().subarray(0, 16))}`;
  return {
    lease: name,
    identity: API_SERVER,
    periodMs: IDENTITY_BEAT_MS,
    make: (nowMs, random) =>
      leaseNamed(
        name,
        {
          holderIdentity: `${name}_${random.uuid()}`,
          leaseDurationSeconds: IDENTITY_SECONDS,
          renewTime: rfc3339Micro(nowMs),
        },
        { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': host },
      ),
  };
}

function leaseNamed(name: string, spec: Lease['spec'], labels?: Record<string, string>): Lease {
  const metadata = { name, namespace: NAMESPACE, ...(labels ? { labels } : {}) };
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: spec! };
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648, in small letters, without padding. */
export function base32(bytes: Uint8Array): string {
  let [text, bits, held] = ['', 0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + BASE32[(held << (5 - bits)) & 31] : text;
}

export interface ComponentLeasesContext {
  readonly env: SandboxEnv;
  readonly apiFor: ApiFor;
  /** The machine that the control plane runs on. */
  readonly host: string;
}

/**
 * The leases that the parts of a control plane keep in kube-system. Each is written once in the life of a sandbox, and
 * again when somebody deletes it. From then on it beats: its renewTime is made when it is read, so that renewing every two
 * seconds costs neither a revision nor a timer, and a sleeping sandbox nothing at all.
 */
export function startComponentLeases({ env, apiFor, host }: ComponentLeasesContext): { stop(): void } {
  const components = [leaderOf('kube-controller-manager', host), leaderOf('kube-scheduler', host), apiServerOn(host)];
  const random = env.random.derive('component-leases');
  const kept = components.map((component) => new KeptLease(component, apiFor(env.id, component.identity), env, random));
  const told = kept[0]!.api.heartbeats?.(leaseKind, (namespace, name, isBeating) => {
    if (namespace !== NAMESPACE || isBeating) return;
    kept.find(({ component }) => component.lease === name)?.keep();
  });
  for (const one of kept) one.keep();
  return {
    stop() {
      told?.cancel();
      for (const one of kept) one.stop();
    },
  };
}

class KeptLease {
  private stopped = false;

  constructor(
    readonly component: Component,
    readonly api: ClusterApi,
    private readonly env: SandboxEnv,
    private readonly random: Random,
  ) {}

  keep(): void {
    void this.ensured().then((isThere) => {
      const { lease, periodMs } = this.component;
      if (isThere && !this.stopped) this.api.heartbeat(leaseKind, NAMESPACE, lease, { periodMs });
    });
  }

  stop(): void {
    this.stopped = true;
    this.api.heartbeat(leaseKind, NAMESPACE, this.component.lease, 'stopped');
  }

  /** Makes the lease when there is none. Not without its namespace, or while the API is away: the next start tries anew. */
  private async ensured(): Promise<boolean> {
    const { lease, make } = this.component;
    try {
      await this.api.get(leaseKind, NAMESPACE, lease).catch((error: unknown) => {
        if (!isReason(error, 'NotFound')) throw error;
        return this.api.create(leaseKind, make(this.env.clock.nowMs(), this.random));
      });
      return true;
    } catch (error) {
      return isReason(error, 'AlreadyExists');
    }
  }
}
