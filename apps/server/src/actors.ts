import { type CertificateSigner, issueSecretToken, type ServiceAccountKey } from '#auth';
import { type Clock, HOST_SANDBOX_ID, type SandboxId } from '#base';
import { type ApiFor, newEventRecorder, newInformers } from '#client';
import { ControllerManager, OBSERVER, type ReconcileFailure, type SecretTokens } from '#controller-runtime';
import { controllers, startComponentLeases } from '#controllers';
import { nodeIdentity, STARTER_MACHINES, startKubelets } from '#node';
import type { ServedCluster } from '#registry';
import type { Actors, ActorStarter, SandboxLife } from '#sandboxes';
import { hostControllers } from '#sandboxes';
import { schedulerIdentity, startScheduler } from '#scheduler';

export interface ActorParts {
  readonly apiFor: ApiFor;
  readonly clock: Clock;
  /** PEM of the authority behind the server's certificate. */
  readonly rootCa: string;
  readonly life: SandboxLife;
  /** Of the authority that a sandbox's own clients are certified by. */
  signerOf(sandbox: SandboxId): CertificateSigner;
  /** Signs the tokens of its service accounts. */
  tokenKeyOf(sandbox: SandboxId): ServiceAccountKey;
  failed(failure: ReconcileFailure): void;
}

/** The controllers that a management plane needs: it has no nodes and runs no pods. */
const HOST_CONTROLLERS = new Set([
  'namespace',
  'garbage-collector',
  'resourcequota',
  'serviceaccount',
  'root-ca-cert-publisher',
  'clusterrole-aggregation',
]);

/** Where a control plane runs, in clusters that show the machine and in those that do not. */
const CONTROL_PLANE_HOST = STARTER_MACHINES.find(({ role }) => role === 'control-plane')?.name ?? 'controlplane';

/** What runs inside a cluster while it is awake. */
export class ActorHouse {
  private readonly ofSandboxes: ControllerManager;
  private readonly ofHost: ControllerManager;

  constructor(private readonly parts: ActorParts) {
    const { apiFor, clock, life, failed } = parts;
    const options = { apiFor, clock, failed: (failure: ReconcileFailure) => failed(failure) };
    this.ofSandboxes = new ControllerManager({ ...options, definitions: controllers });
    const hostDefinitions = controllers.filter(({ name }) => HOST_CONTROLLERS.has(name));
    this.ofHost = new ControllerManager({ ...options, definitions: [...hostDefinitions, ...hostControllers(life)] });
  }

  readonly start: ActorStarter = async (cluster) => {
    return cluster.env.id === HOST_SANDBOX_ID ? this.startHost(cluster) : this.startSandbox(cluster);
  };

  private async startHost({ env, kinds }: ServedCluster): Promise<Actors> {
    this.ofHost.start(env, { kinds, rootCa: this.parts.rootCa, secretTokens: this.secretTokens(env.id) });
    return { stop: async () => this.ofHost.stop(env.id) };
  }

  /** Kubelets first: nodes that beat again are not mistaken for lost ones. */
  private async startSandbox(cluster: ServedCluster): Promise<Actors> {
    const { env } = cluster;
    const { apiFor, clock, rootCa } = this.parts;
    const informers = newInformers(apiFor(env.id, OBSERVER), env, { clock });
    const kubelets = startKubelets({ env, informers, apiFor: (node) => apiFor(env.id, nodeIdentity(node)) });
    const api = apiFor(env.id, schedulerIdentity);
    const events = newEventRecorder(api, env, { name: 'default-scheduler' }, { clock });
    const scheduler = startScheduler({ env, api, informers, events });
    const leases = startComponentLeases({ env, apiFor, host: CONTROL_PLANE_HOST });
    this.ofSandboxes.start(env, {
      get kinds() {
        return cluster.kinds;
      },
      onKinds: (listener) => cluster.onKinds(listener),
      rootCa,
      informers,
      signer: this.parts.signerOf(env.id),
      secretTokens: this.secretTokens(env.id),
    });
    return {
      stop: async () => {
        leases.stop();
        this.ofSandboxes.stop(env.id);
        scheduler.stop();
        events.stop();
        kubelets.stop();
        informers.stop();
      },
    };
  }

  /** The key is read with the first token: most sandboxes never need it. */
  private secretTokens(sandbox: SandboxId): SecretTokens {
    return (about) => issueSecretToken(this.parts.tokenKeyOf(sandbox), about);
  }
}
