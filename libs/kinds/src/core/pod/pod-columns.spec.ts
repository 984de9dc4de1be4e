import { describe, expect, it } from '@jest/globals';
import type { ContainerStatus, Pod, PodSpec, PodStatus } from '../../generated/types.js';
import { podColumns, podRow } from './pod-columns.js';

const NOW = Date.parse('2026-01-01T01:00:00Z');

function aPod(spec: Partial<PodSpec> = {}, status?: PodStatus, metadata: Pod['metadata'] = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
    ...(status ? { status } : {}),
  };
}

const status = (
  name: string,
  state: ContainerStatus['state'],
  more: Partial<ContainerStatus> = {},
): ContainerStatus => ({
  name,
  image: '',
  imageID: '',
  ready: false,
  restartCount: 0,
  ...(state ? { state } : {}),
  ...more,
});
const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };

describe('podRow', () => {
  const table: [what: string, pod: Pod, cells: unknown[]][] = [
    ['pending', aPod({}, { phase: 'Pending' }), ['web', '0/1', 'Pending', '0', '60m']],
    [
      'creating',
      aPod(
        { nodeName: 'n' },
        { phase: 'Pending', containerStatuses: [status('c', { waiting: { reason: 'ContainerCreating' } })] },
      ),
      ['web', '0/1', 'ContainerCreating', '0', '60m', '<none>', 'n', '<none>', '<none>'],
    ],
    [
      'running, restarted',
      aPod(
        { nodeName: 'n' },
        {
          phase: 'Running',
          podIPs: [{ ip: '10.0.0.1' }],
          containerStatuses: [
            status('c', running, {
              ready: true,
              restartCount: 2,
              lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:55:00Z' } },
            }),
          ],
        },
      ),
      ['web', '1/1', 'Running', '2 (5m ago)', '60m', '10.0.0.1', 'n', '<none>', '<none>'],
    ],
    [
      'crashing',
      aPod(
        {},
        {
          phase: 'Running',
          containerStatuses: [status('c', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 3 })],
        },
      ),
      ['web', '0/1', 'CrashLoopBackOff', '3', '60m'],
    ],
    [
      'ended by a signal',
      aPod({}, { phase: 'Failed', containerStatuses: [status('c', { terminated: { exitCode: 137, signal: 9 } })] }),
      ['web', '0/1', 'Signal:9', '0', '60m'],
    ],
    [
      'completed',
      aPod(
        {},
        { phase: 'Succeeded', containerStatuses: [status('c', { terminated: { exitCode: 0, reason: 'Completed' } })] },
      ),
      ['web', '0/1', 'Completed', '0', '60m'],
    ],
    [
      'initialising',
      aPod(
        { initContainers: [{ name: 'i' }, { name: 'j' }] },
        { phase: 'Pending', initContainerStatuses: [status('i', running)] },
      ),
      ['web', '0/1', 'Init:0/2', '0', '60m'],
    ],
    [
      'with a failing init container',
      aPod(
        { initContainers: [{ name: 'i' }] },
        { phase: 'Pending', initContainerStatuses: [status('i', { waiting: { reason: 'CrashLoopBackOff' } })] },
      ),
      ['web', '0/1', 'Init:CrashLoopBackOff', '0', '60m'],
    ],
    [
      'with a sidecar',
      aPod(
        { initContainers: [{ name: 's', restartPolicy: 'Always' }] },
        {
          phase: 'Running',
          initContainerStatuses: [status('s', running, { ready: true, started: true })],
          containerStatuses: [status('c', running, { ready: true })],
        },
      ),
      ['web', '2/2', 'Running', '0', '60m'],
    ],
    [
      'terminating',
      aPod({}, { phase: 'Running' }, { deletionTimestamp: '2026-01-01T00:59:00Z' }),
      ['web', '0/1', 'Terminating', '0', '60m'],
    ],
    [
      'on a lost node',
      aPod({}, { phase: 'Running', reason: 'NodeLost' }, { deletionTimestamp: '2026-01-01T00:59:00Z' }),
      ['web', '0/1', 'Unknown', '0', '60m'],
    ],
    [
      'gated, with readiness gates',
      aPod(
        { readinessGates: [{ conditionType: 'a' }, { conditionType: 'b' }] },
        {
          phase: 'Pending',
          conditions: [
            { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' },
            { type: 'a', status: 'True' },
          ],
        },
      ),
      ['web', '0/1', 'SchedulingGated', '0', '60m', '<none>', '<none>', '<none>', '1/2'],
    ],
  ];
  it.each(table)('%s', (_what, pod, cells) => {
    const row = podRow(pod, NOW);
    expect(row).toHaveLength(podColumns.length);
    expect(row.slice(0, cells.length)).toEqual(cells);
  });
});
