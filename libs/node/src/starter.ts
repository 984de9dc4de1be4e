import type { SandboxEnv } from '#base';
import { rfc3339Micro } from '#apimachinery';
import type { Lease, Node } from '#kinds';
import { BASE_IMAGES, nodeStatusOf } from './kubelet/node-status.js';
import { NODE_IP_ANNOTATION, SIMULATED_ANNOTATION } from './marker.js';

/** A simulated machine to make. */
export interface MachineSpec {
  readonly name: string;
  readonly role?: 'control-plane';
  /** 'InternalIP' of the node. */
  readonly ip: string;
  /** Where its pods' addresses come from: '192.168.1.0/24'. */
  readonly podCIDR: string;
}

/** The machines of template `starter`. */
export const STARTER_MACHINES: readonly MachineSpec[] = [
  { name: 'controlplane', role: 'control-plane', ip: '172.30.1.2', podCIDR: '192.168.0.0/24' },
  { name: 'node01', ip: '172.30.2.2', podCIDR: '192.168.1.0/24' },
  { name: 'node02', ip: '172.30.3.2', podCIDR: '192.168.2.0/24' },
];

/** Models the kubelet's lease (1.36): renewed every 10 s, good for 40 s. */
export const LEASE_SECONDS = 40;
export const LEASE_NAMESPACE = 'kube-node-lease';

function nodeOf(env: SandboxEnv, { name, role, ip, podCIDR }: MachineSpec): Node {
  const controlPlane = role === 'control-plane';
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...(controlPlane
          ? {
              'node-role.kubernetes.io/control-plane': '',
              'node.kubernetes.io/exclude-from-external-load-balancers': '',
            }
          : {}),
      },
      annotations: {
        [NODE_IP_ANNOTATION]: ip,
        'node.alpha.kubernetes.io/ttl': '0',
        [SIMULATED_ANNOTATION]: 'true',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
    },
    spec: {
      podCIDR,
      podCIDRs: [podCIDR],
      ...(controlPlane ? { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] } : {}),
    },
    status: {
      ...nodeStatusOf({ name, ip, random: env.random.derive('nodes'), nowMs: env.clock.nowMs() }),
      images: [...BASE_IMAGES],
    },
  };
}

export function leaseOf(node: Node, nowMs: number): Lease {
  const name = node.metadata.name ?? '';
  const { uid } = node.metadata;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace: LEASE_NAMESPACE,
      ...(uid === undefined ? {} : { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] }),
    },
    spec: { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime: rfc3339Micro(nowMs) },
  };
}

/**
 * The nodes of a new sandbox, registered and Ready as kubelets leave them, so that starting their kubelets writes
 * nothing. Names and labels as kubeadm's. Leases follow when the kubelets start (they name their node's uid).
 */
export function starterNodes(env: SandboxEnv, machines: readonly MachineSpec[] = STARTER_MACHINES): Node[] {
  return machines.map((machine) => nodeOf(env, machine));
}
