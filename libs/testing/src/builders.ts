import type { ObjectMeta } from '#apimachinery';
import type { Deployment, Node, Pod } from '#kinds';

/** What a spec cares about; every section is laid over a plausible default, field by field. */
export interface Overrides<T extends { spec?: unknown; status?: unknown }> {
  metadata?: Partial<ObjectMeta>;
  spec?: Partial<NonNullable<T['spec']>>;
  status?: Partial<NonNullable<T['status']>>;
}

const CREATED = '2026-01-01T00:00:00Z';
const LABELS = { app: 'web' };

function metaOf(name: string, namespace: string | undefined, more: Partial<ObjectMeta> = {}): ObjectMeta {
  const metadata: ObjectMeta = {
    name: more.name ?? name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: `uid-${more.name ?? name}`,
    resourceVersion: '1',
    creationTimestamp: CREATED,
  };
  return { ...metadata, ...more };
}

/** default/web: one nginx container that asks 100m and 64Mi, pending and unbound. */
export function aPod(overrides: Overrides<Pod> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metaOf('web', 'default', { labels: LABELS, ...overrides.metadata }),
    spec: {
      containers: [{ name: 'web', image: 'nginx', resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      serviceAccountName: 'default',
      ...overrides.spec,
    },
    status: { phase: 'Pending', ...overrides.status } as NonNullable<Pod['status']>,
  };
}

/** node01: ready, 4 CPUs, 8Gi, 110 pods, no taints. */
export function aNode(overrides: Overrides<Node> = {}): Node {
  const name = overrides.metadata?.name ?? 'node01';
  const room = { cpu: '4', memory: '8Gi', pods: '110' };
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: metaOf(name, undefined, { labels, ...overrides.metadata }),
    spec: { ...overrides.spec } as NonNullable<Node['spec']>,
    status: {
      capacity: room,
      allocatable: room,
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
      ],
      ...overrides.status,
    } as NonNullable<Node['status']>,
  };
}

/** default/web: 3 replicas of nginx, rolling update by a quarter. */
export function aDeployment(overrides: Overrides<Deployment> = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metaOf('web', 'default', { labels: LABELS, generation: 1, ...overrides.metadata }),
    spec: {
      replicas: 3,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: { containers: [{ name: 'web', image: 'nginx' }] },
      },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...overrides.spec,
    },
    ...(overrides.status ? { status: overrides.status as NonNullable<Deployment['status']> } : {}),
  };
}
