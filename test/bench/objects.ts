const KILOBYTE_OF_TEXT = 'x'.repeat(1_000);

export function configMap(name: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { text: KILOBYTE_OF_TEXT } });
}

export interface PodOptions {
  /** 'none': nobody schedules it, so that only the API's work is measured. */
  readonly schedulerName?: string;
}

export function pod(name: string, { schedulerName = 'none' }: PodOptions = {}): string {
  const resources = { requests: { cpu: '10m', memory: '16Mi' } };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: { app: 'bench', tier: 'test' },
      annotations: { 'example.com/note': 'made by a benchmark' },
    },
    spec: {
      schedulerName,
      containers: [
        {
          name: 'main',
          image: 'nginx:1.29',
          ports: [{ containerPort: 80 }],
          env: [{ name: 'A', value: 'b' }],
          resources,
        },
      ],
    },
  });
}

export function node(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'example.com/bench': 'yes' } },
  };
}

export function nodeStatus(nowMs: number): object {
  const room = { cpu: '32', memory: '64Gi', pods: '110', 'ephemeral-storage': '100Gi' };
  const time = new Date(nowMs).toISOString().replace(/\.\d+/, '');
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  };
  return { status: { capacity: room, allocatable: room, conditions: [ready] } };
}
