import { describe, expect, it } from '@jest/globals';
import type { Node, Pod, Taint, Toleration } from '#kinds';
import { wantedTaints } from '../nodelifecycle/node-taints.js';
import { evictionMs, tolerates } from './tolerations.js';

const taint = (key: string, effect = 'NoExecute', value?: string): Taint => ({
  key,
  effect,
  ...(value ? { value } : {}),
});

describe('tolerates', () => {
  it.each<[string, Toleration, Taint, boolean]>([
    ['everything', { operator: 'Exists' }, taint('a'), true],
    ['the key', { key: 'a', operator: 'Exists' }, taint('a', 'NoExecute', 'v'), true],
    ['another key', { key: 'b', operator: 'Exists' }, taint('a'), false],
    ['key and value', { key: 'a', value: 'v' }, taint('a', 'NoExecute', 'v'), true],
    ['another value', { key: 'a', operator: 'Equal', value: 'w' }, taint('a', 'NoExecute', 'v'), false],
    ['no value', { key: 'a' }, taint('a'), true],
    ['the effect', { key: 'a', operator: 'Exists', effect: 'NoExecute' }, taint('a'), true],
    ['another effect', { key: 'a', operator: 'Exists', effect: 'NoSchedule' }, taint('a'), false],
    ['an unknown operator', { key: 'a', operator: 'Like' }, taint('a'), false],
  ])('%s', (_what, toleration, of, expected) => expect(tolerates(toleration, of)).toBe(expected));
});

describe('evictionMs', () => {
  const AT = '2026-01-01T00:01:00Z';
  const node = (...taints: Taint[]): Node => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n' },
    spec: { taints: taints.map((each) => ({ ...each, timeAdded: AT })) },
  });
  const pod = (tolerations: Toleration[], creationTimestamp = '2026-01-01T00:00:00Z'): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', creationTimestamp },
    spec: { containers: [], tolerations },
  });
  const exists = (key: string, tolerationSeconds?: number): Toleration => ({
    key,
    operator: 'Exists',
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  });

  it.each<[string, Pod, Node, number | undefined]>([
    ['no taint: never', pod([]), node(), undefined],
    ['NoSchedule drives nobody out', pod([]), node(taint('a', 'NoSchedule')), undefined],
    ['not tolerated: at once', pod([]), node(taint('a')), -Infinity],
    ['one of two tolerated: at once', pod([exists('a', 5)]), node(taint('a'), taint('b')), -Infinity],
    ['tolerated for ever', pod([exists('a')]), node(taint('a')), undefined],
    ['for a time, from the taint', pod([exists('a', 300)]), node(taint('a')), Date.parse(AT) + 300_000],
    [
      'the shortest time',
      pod([exists('a', 300), exists('b', 10)]),
      node(taint('a'), taint('b')),
      Date.parse(AT) + 10_000,
    ],
    ['negative is zero', pod([exists('a', -5)]), node(taint('a')), Date.parse(AT)],
    [
      'from the pod when it came later',
      pod([exists('a', 1)], '2026-01-01T01:00:00Z'),
      node(taint('a')),
      Date.parse('2026-01-01T01:00:01Z'),
    ],
  ])('%s', (_what, of, on, expected) => expect(evictionMs(of, on)).toBe(expected));
});

describe('wantedTaints', () => {
  const NOW = '2026-01-01T00:00:00Z';
  const node = (conditions: Record<string, string>, taints: Taint[] = [], unschedulable = false): Node => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n' },
    spec: { taints, ...(unschedulable ? { unschedulable } : {}) },
    status: { conditions: Object.entries(conditions).map(([type, status]) => ({ type, status })) },
  });
  const told = (taints: Taint[] | undefined) => taints?.map(({ key, effect }) => `${key.split('/').at(-1)}:${effect}`);

  it.each<[string, Node, string[] | undefined]>([
    ['a healthy node', node({ Ready: 'True', MemoryPressure: 'False' }), undefined],
    ['not ready', node({ Ready: 'False' }), ['not-ready:NoSchedule', 'not-ready:NoExecute']],
    [
      'unknown after not ready',
      node({ Ready: 'Unknown' }, [taint('node.kubernetes.io/not-ready')]),
      ['unreachable:NoSchedule', 'unreachable:NoExecute'],
    ],
    ['under pressure', node({ Ready: 'True', DiskPressure: 'True' }), ['disk-pressure:NoSchedule']],
    ['cordoned', node({ Ready: 'True' }, [], true), ['unschedulable:NoSchedule']],
    [
      'well again, with a taint of its own',
      node({ Ready: 'True' }, [taint('node.kubernetes.io/not-ready'), taint('mine')]),
      ['mine:NoExecute'],
    ],
  ])('%s', (_what, of, expected) => expect(told(wantedTaints(of, NOW))).toEqual(expected));

  it('keeps the time of a taint that stays', () => {
    const since = { ...taint('node.kubernetes.io/not-ready'), timeAdded: '2025-01-01T00:00:00Z' };
    expect(wantedTaints(node({ Ready: 'False' }, [since]), NOW)).toContainEqual(since);
  });
});
