import type { SandboxId } from '#base';
import { type KubeObject, StatusError } from '#apimachinery';
import { type ComponentStatus, leaseKind, storageKey } from '#kinds';
import type { Parts } from '../parts.js';
import type { KindReader } from '../request.js';

interface Component {
  readonly name: string;
  /** undefined: it is well; else why not. */
  check(parts: Parts, sandbox: SandboxId): Promise<string | undefined>;
}

/** A part that leads by a lease is well for as long as its lease beats, or has not begun to. */
function leader(name: string, lease: string, port: number): Component {
  return {
    name,
    async check(parts, sandbox) {
      const key = storageKey(leaseKind, 'kube-system', lease);
      if (!parts.heartbeatsOf(sandbox).isStopped(key)) return undefined;
      const address = `127.0.0.1:${port}`;
      return `Get "https://${address}/healthz": dial tcp ${address}: connect: connection refused`;
    },
  };
}

/** In the order in which they are shown. */
const COMPONENTS: readonly Component[] = [
  leader('scheduler', 'kube-scheduler', 10259),
  leader('controller-manager', 'kube-controller-manager', 10257),
  {
    name: 'etcd-0',
    check: (parts, sandbox) =>
      parts.store.head(sandbox).then(
        () => undefined,
        (error: unknown) => String(error),
      ),
  },
];

async function statusOf(parts: Parts, sandbox: SandboxId, component: Component): Promise<ComponentStatus> {
  const error = await component.check(parts, sandbox);
  const condition =
    error === undefined
      ? { type: 'Healthy', status: 'True', message: 'ok' }
      : { type: 'Healthy', status: 'False', message: error };
  return {
    apiVersion: 'v1',
    kind: 'ComponentStatus',
    metadata: { name: component.name },
    conditions: [condition],
  };
}

/** How the parts of the control plane are: asked anew each time, nothing is stored. Models pkg/registry/core/componentstatus (1.36). */
export function componentStatuses(parts: Parts): KindReader {
  return {
    async get(sandbox, name) {
      const component = COMPONENTS.find((one) => one.name === name);
      // Differs: upstream answers 500 here; 404 is right.
      if (!component) throw StatusError.notFound({ group: '', resource: 'componentstatuses' }, name);
      return statusOf(parts, sandbox, component);
    },
    list: (sandbox) =>
      Promise.all(COMPONENTS.map((component): Promise<KubeObject> => statusOf(parts, sandbox, component))),
  };
}
