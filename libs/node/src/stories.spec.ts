import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { configMapKind, type Container, type Pod, type PodSpec, podKind } from '#kinds';
import { aSpecCluster, type SpecCluster } from './spec-cluster.js';

/** What a learner sees of one pod: its rows in `kubectl get pods -w`, its events, how its containers ended. */
interface Story {
  readonly name: string;
  readonly spec: Partial<PodSpec>;
  /** After the pod was created; then, unless `keep`, it is deleted and a minute passes. */
  readonly act: (cluster: SpecCluster) => Promise<void>;
  readonly keep?: boolean;
}

const run = (seconds: number) => (cluster: SpecCluster) => cluster.run(seconds * 1_000);
const one = (container: Partial<Container>): Partial<PodSpec> => ({
  containers: [{ name: 'app', image: 'busybox:1.37', ...container }],
});
const shell = (script: string, more: Partial<Container> = {}): Partial<PodSpec> =>
  one({ command: ['sh', '-c', script], ...more });

const STORIES: readonly Story[] = [
  { name: 'nginx', spec: one({ image: 'nginx' }), act: run(10) },
  { name: 'sleep-ignores-term', spec: one({ command: ['sleep', '3600'] }), act: run(10) },
  { name: 'completes', spec: { ...shell('echo done; sleep 5'), restartPolicy: 'Never' }, act: run(20) },
  { name: 'fails-once', spec: { ...shell('exit 3'), restartPolicy: 'Never' }, act: run(20) },
  { name: 'on-failure', spec: { ...shell('sleep 2; exit 1'), restartPolicy: 'OnFailure' }, act: run(60) },
  { name: 'crash-loop', spec: shell('echo boom; exit 1'), act: run(120) },
  { name: 'completes-in-deployment', spec: one({}), act: run(40) },
  { name: 'image-missing', spec: one({ image: 'nginx:does-not-exist' }), act: run(60) },
  { name: 'repository-missing', spec: one({ image: 'example/no-such-thing' }), act: run(20) },
  { name: 'image-name-invalid', spec: one({ image: 'NGINX:latest' }), act: run(20) },
  { name: 'image-never', spec: one({ image: 'nginx:1.27', imagePullPolicy: 'Never' }), act: run(20) },
  { name: 'command-not-found', spec: one({ command: ['serve-me'] }), act: run(30) },
  {
    name: 'init-and-sidecar',
    spec: {
      initContainers: [
        { name: 'wait', image: 'busybox:1.37', command: ['sh', '-c', 'sleep 3'] },
        { name: 'proxy', image: 'nginx', restartPolicy: 'Always' },
        { name: 'prepare', image: 'busybox:1.37', command: ['true'] },
      ],
      containers: [{ name: 'app', image: 'nginx' }],
    },
    act: run(20),
  },
  {
    name: 'init-fails',
    spec: {
      initContainers: [{ name: 'wait', image: 'busybox:1.37', command: ['false'] }],
      containers: [{ name: 'app', image: 'nginx' }],
      restartPolicy: 'Never',
    },
    act: run(20),
  },
  {
    name: 'config-map-comes-late',
    spec: one({
      image: 'nginx',
      env: [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } }],
    }),
    act: async (cluster) => {
      await cluster.run(10_000);
      const metadata = { name: 'settings', namespace: 'default' };
      await cluster.admin.create(configMapKind, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { mode: 'x' } });
      await cluster.run(20_000);
    },
  },
  {
    name: 'volume-missing',
    spec: { ...one({ image: 'nginx' }), volumes: [{ name: 'conf', configMap: { name: 'absent' } }] },
    act: run(10),
  },
  {
    name: 'readiness',
    spec: one({ image: 'nginx', readinessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 5 } }),
    act: run(30),
  },
  {
    name: 'readiness-wrong-port',
    spec: one({ image: 'nginx', readinessProbe: { tcpSocket: { port: 8080 } } }),
    act: run(60),
  },
  {
    name: 'liveness-exec',
    spec: shell('touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600', {
      livenessProbe: { exec: { command: ['cat', '/tmp/healthy'] }, initialDelaySeconds: 5, periodSeconds: 5 },
    }),
    act: run(120),
    keep: true,
  },
  {
    name: 'startup-probe',
    spec: one({
      image: 'mysql:8',
      env: [{ name: 'MYSQL_ROOT_PASSWORD', value: 'x' }],
      startupProbe: { tcpSocket: { port: 3306 }, periodSeconds: 2, failureThreshold: 10 },
      readinessProbe: { exec: { command: ['mysqladmin', 'ping'] }, periodSeconds: 5 },
    }),
    act: run(40),
  },
  { name: 'pre-stop', spec: one({ image: 'nginx', lifecycle: { preStop: { sleep: { seconds: 5 } } } }), act: run(10) },
  { name: 'deleted-while-pulling', spec: one({ image: 'mysql:8' }), act: run(1) },
  { name: 'deadline', spec: { ...one({ command: ['sleep', '3600'] }), activeDeadlineSeconds: 20 }, act: run(60) },
];

const GOLDEN = join(dirname(fileURLToPath(import.meta.url)), 'golden');

function containersOf(pod: Pod): string[] {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  return [...initContainerStatuses, ...containerStatuses].map(({ name, state, lastState, restartCount }) => {
    const text = JSON.stringify({ restartCount, state, ...(lastState?.terminated ? { lastState } : {}) });
    return `  ${name} ${text.replaceAll(/containerd:\/\/\w*/g, 'containerd://…')}`;
  });
}

function conditionsOf(pod: Pod): string[] {
  return (pod.status?.conditions ?? []).map(({ type, status, reason = '', message = '' }) =>
    `  ${type}=${status} ${reason} ${message}`.trimEnd(),
  );
}

async function told({ spec, act, keep }: Story): Promise<string> {
  const cluster = await aSpecCluster();
  const metadata = { name: 'web', namespace: 'default' };
  const containers = spec.containers ?? [];
  await cluster.admin.create(podKind, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { nodeName: 'node01', ...spec, containers },
  });
  await act(cluster);
  if (!keep) {
    await cluster.admin.delete(podKind, 'default', 'web');
    await cluster.run(60_000);
    expect(await cluster.pod('web')).toBeUndefined();
    expect(cluster.clock.pendingTimers).toBe(0);
  }
  const last = cluster.seen.at(-1)!;
  const uid = last.metadata.uid!;
  cluster.stop();
  return [
    'kubectl get pods -w',
    ...cluster.rows,
    '',
    'Events',
    ...cluster.eventsOf('web').map((event) => `  ${event}`),
    '',
    'Containers at the end',
    ...containersOf(last),
    '',
    'Conditions at the end',
    ...conditionsOf(last),
    '',
  ]
    .join('\n')
    .replaceAll(uid, '<uid>');
}

describe('the life of a pod', () => {
  it.each(STORIES.map((story) => [story.name, story] as const))('%s', async (name, story) => {
    const file = join(GOLDEN, `${name}.txt`);
    const text = await told(story);
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(GOLDEN, { recursive: true });
      writeFileSync(file, text);
    }
    expect(existsSync(file) ? readFileSync(file, 'utf8') : 'no golden file: run with UPDATE_GOLDEN=1').toBe(text);
  });
});
