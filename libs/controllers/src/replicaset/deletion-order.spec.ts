import { describe, expect, it } from '@jest/globals';
import { rfc3339 } from '#apimachinery';
import type { Pod } from '#kinds';
import { podsToDelete } from './deletion-order.js';

const NOW = 1_800_000_000_000;

interface Traits {
  node?: string;
  phase?: string;
  readyForMs?: number;
  cost?: string;
  restarts?: number;
  ageMs?: number;
}

function pod(name: string, { node = 'n', phase = 'Running', readyForMs, cost, restarts, ageMs = 1e6 }: Traits): Pod {
  const ready = readyForMs !== undefined && { lastTransitionTime: rfc3339(NOW - readyForMs) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      uid: name,
      creationTimestamp: rfc3339(NOW - ageMs),
      ...(cost ? { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } } : {}),
    },
    spec: { containers: [], ...(node ? { nodeName: node } : {}) },
    status: {
      phase,
      ...(ready ? { conditions: [{ type: 'Ready', status: 'True', ...ready }] } : {}),
      ...(restarts ? { containerStatuses: [{ restartCount: restarts } as never] } : {}),
    },
  };
}

describe('podsToDelete', () => {
  it.each<[string, Traits, Traits]>([
    ['not placed before placed', { node: '' }, { phase: 'Pending' }],
    ['pending before running', { phase: 'Pending', readyForMs: 1 }, {}],
    ['not ready before ready', {}, { readyForMs: 5000 }],
    ['cheap before dear', { readyForMs: 5e6, cost: '-5' }, { readyForMs: 1000, cost: '3' }],
    ['ready for a short time before long', { readyForMs: 1000 }, { readyForMs: 1e6 }],
    ['often restarted before seldom', { readyForMs: 1000, restarts: 4 }, { readyForMs: 1000, restarts: 1 }],
    ['young before old', { readyForMs: 1000, ageMs: 1000 }, { readyForMs: 1000, ageMs: 1e7 }],
    ['like ages by uid', { readyForMs: 60_000 }, { readyForMs: 61_000 }],
  ])('%s', (_what, first, second) => {
    const [a, b] = [pod('a', first), pod('b', second)];
    expect(podsToDelete([b, a], [a, b], 1, NOW).map((p) => p.metadata.name)).toEqual(['a']);
  });

  it('thins out crowded nodes', () => {
    const crowd = [pod('a', { node: 'x', readyForMs: 9e6 }), pod('b', { node: 'x', readyForMs: 9e6 })];
    const alone = pod('c', { node: 'y', readyForMs: 1000 });
    expect(podsToDelete([alone, ...crowd], [alone, ...crowd], 1, NOW).map((p) => p.spec.nodeName)).toEqual(['x']);
  });

  it('takes all when asked for more than there are', () => {
    expect(podsToDelete([pod('a', {})], [], 5, NOW)).toHaveLength(1);
  });
});
