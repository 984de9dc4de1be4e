import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Container, podKind } from '#kinds';
import { containerLogs, type LogRequest } from './logs.js';
import { aSpecCluster, type SpecCluster } from './spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
});
afterEach(() => cluster.stop());

async function logsOf(container: Partial<Container>, ms: number, request: LogRequest = {}): Promise<string[]> {
  await cluster.admin.create(podKind, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: { nodeName: 'node01', containers: [{ name: 'app', image: 'busybox', ...container }] },
  });
  await cluster.run(ms);
  const pod = (await cluster.pod('web'))!;
  return (await containerLogs(cluster.admin, pod, request, cluster.clock.nowMs())).map(({ text }) => text);
}

const count = { command: ['sh', '-c', 'i=0; for i in $(seq 1 100); do echo $i; sleep 10; done'] };

describe('containerLogs', () => {
  it('shows what was written so far', async () => {
    expect(await logsOf(count, 25_000)).toEqual(['1', '2', '3']);
  });

  it('cuts to the last lines', async () => {
    expect(await logsOf(count, 45_000, { tailLines: 2 })).toEqual(['4', '5']);
  });

  it('keeps those of the last try', async () => {
    const crash = { command: ['sh', '-c', 'echo going down; exit 1'] };
    expect(await logsOf(crash, 5_000, { previous: true })).toEqual(['going down']);
  });

  it.each([
    [
      'a container that pulls',
      { image: 'mysql' },
      {},
      'container "app" in pod "web" is waiting to start: ContainerCreating',
    ],
    [
      'an image that is not there',
      { image: 'nginx:nonexistent' },
      {},
      'container "app" in pod "web" is waiting to start: image can\'t be pulled',
    ],
    ['another container', {}, { container: 'db' }, 'container db is not valid for pod web'],
    [
      'a first try',
      { image: 'nginx' },
      { previous: true },
      'previous terminated container "app" in pod "web" not found',
    ],
  ] as const)('refuses %s', async (_what, container, request, message) => {
    await expect(logsOf(container, 1_500, request)).rejects.toThrow(message);
  });
});
