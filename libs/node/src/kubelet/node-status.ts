import { type Random } from '#base';
import { rfc3339 } from '#apimachinery';
import type { ContainerImage, NodeCondition, NodeStatus } from '#kinds';

/** What the simulated machines are. */
const VERSIONS = {
  kubeletVersion: 'v1.36.0',
  containerRuntimeVersion: 'containerd://2.2.1',
  kernelVersion: '6.8.0-90-generic',
  osImage: 'Ubuntu 24.04.3 LTS',
};
const CAPACITY = {
  cpu: '2',
  'ephemeral-storage': '40470732Ki',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
  memory: '4005936Ki',
  pods: '110',
};
/** Less the kubelet's eviction threshold: 100 Mi of memory, a tenth of the disk. */
const ALLOCATABLE = { ...CAPACITY, 'ephemeral-storage': '37297826550', memory: '3903536Ki' };

const HEALTHY: readonly Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>[] = [
  {
    type: 'MemoryPressure',
    status: 'False',
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  {
    type: 'DiskPressure',
    status: 'False',
    reason: 'KubeletHasNoDiskPressure',
    message: 'kubelet has no disk pressure',
  },
  {
    type: 'PIDPressure',
    status: 'False',
    reason: 'KubeletHasSufficientPID',
    message: 'kubelet has sufficient PID available',
  },
  { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
];

/** The conditions of a healthy node; those that were so before keep their times. Models nodestatus setters (1.36). */
export function healthyConditions(old: readonly NodeCondition[], nowMs: number): NodeCondition[] {
  const now = rfc3339(nowMs);
  const others = old.filter(({ type }) => !HEALTHY.some((condition) => condition.type === type));
  return [
    ...others,
    ...HEALTHY.map((condition) => {
      const before = old.find(({ type, status }) => type === condition.type && status === condition.status);
      return { ...condition, lastHeartbeatTime: now, lastTransitionTime: before?.lastTransitionTime ?? now };
    }),
  ];
}

export interface NodeIdentity {
  readonly name: string;
  readonly ip: string;
  /** Seeds the machine's ids. */
  readonly random: Random;
  readonly nowMs: number;
}

/** The status of a machine as its kubelet registers it. What `known` says (a capacity of its own, images) is kept. */
export function nodeStatusOf({ name, ip, random, nowMs }: NodeIdentity, known: NodeStatus = {}): NodeStatus {
  const ids = random.derive(`machine/${name}`);
  const machineID = ids.uuid().replaceAll('-', '');
  const addresses = known.addresses?.some(({ type }) => type === 'InternalIP')
    ? known.addresses
    : [
        { type: 'InternalIP', address: ip },
        { type: 'Hostname', address: name },
      ];
  return {
    ...known,
    addresses,
    allocatable: known.allocatable ?? known.capacity ?? ALLOCATABLE,
    capacity: known.capacity ?? CAPACITY,
    conditions: healthyConditions(known.conditions ?? [], nowMs),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: known.nodeInfo ?? {
      architecture: 'amd64',
      bootID: ids.uuid(),
      ...VERSIONS,
      kubeProxyVersion: '',
      machineID,
      operatingSystem: 'linux',
      systemUUID: ids.uuid(),
    },
  };
}

export const isReady = (status: NodeStatus | undefined): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

/** Images that a node of kubeadm has from the start. */
export const BASE_IMAGES: readonly ContainerImage[] = [
  { names: ['registry.k8s.io/pause:3.10.1'], sizeBytes: 318_731 },
  { names: ['registry.k8s.io/kube-proxy:v1.36.0'], sizeBytes: 25_963_701 },
];
