import { describe, expect, it } from '@jest/globals';
import { aNode, aPod } from '#testing';
import type { NodeSelectorRequirement, PodSpec, Taint, Toleration } from '#kinds';
import { NodeInfo } from '../node-info.js';
import { podInfoOf } from '../pod-info.js';
import { nodeAffinity } from './node-affinity.plugin.js';
import { nodePorts } from './node-ports.plugin.js';
import { taintToleration } from './taint-toleration.plugin.js';

const info = (spec: Partial<PodSpec>, uid = 'a') => podInfoOf(aPod({ metadata: { uid }, spec }), 0);
const cycle = { prepared: new Map<string, unknown>() };

describe('TaintToleration', () => {
  const gpu: Taint = { key: 'gpu', value: 'a', effect: 'NoSchedule' };
  const rows: readonly (readonly [Toleration[], Taint, boolean])[] = [
    [[], gpu, false],
    [[{ key: 'gpu', value: 'a' }], gpu, true],
    [[{ key: 'gpu', value: 'b' }], gpu, false],
    [[{ key: 'gpu', operator: 'Exists' }], gpu, true],
    [[{ operator: 'Exists' }], gpu, true],
    [[{ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }], gpu, false],
    [[], { ...gpu, effect: 'PreferNoSchedule' }, true],
    [[{ key: 'gpu', value: 'a', effect: 'NoExecute' }], { ...gpu, effect: 'NoExecute' }, true],
  ];
  it.each(rows)('%j on %j: %s', (tolerations, taint, passes) => {
    const node = new NodeInfo('n', aNode({ spec: { taints: [taint] } }));
    expect(taintToleration.filter(cycle, info({ tolerations }), node) === undefined).toBe(passes);
  });
});

describe('NodeAffinity', () => {
  const rows: readonly (readonly [NodeSelectorRequirement, boolean])[] = [
    [{ key: 'disk', operator: 'In', values: ['ssd', 'nvme'] }, true],
    [{ key: 'disk', operator: 'NotIn', values: ['ssd'] }, false],
    [{ key: 'absent', operator: 'NotIn', values: ['x'] }, true],
    [{ key: 'disk', operator: 'Exists' }, true],
    [{ key: 'constructor', operator: 'Exists' }, false],
    [{ key: 'absent', operator: 'DoesNotExist' }, true],
    [{ key: 'cores', operator: 'Gt', values: ['7'] }, true],
    [{ key: 'cores', operator: 'Lt', values: ['8'] }, false],
    [{ key: 'disk', operator: 'Gt', values: ['1'] }, false],
  ];
  const node = new NodeInfo('n', aNode({ metadata: { labels: { disk: 'ssd', cores: '8' } } }));
  it.each(rows)('%j: %s', (requirement, passes) => {
    const nodeSelectorTerms = [{ matchExpressions: [requirement] }];
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
    expect(nodeAffinity.filter(cycle, info({ affinity }), node) === undefined).toBe(passes);
  });
});

describe('NodePorts', () => {
  const port = (hostPort: number, more: { hostIP?: string; protocol?: string } = {}): Partial<PodSpec> => ({
    containers: [{ name: 'app', image: 'nginx', ports: [{ containerPort: 80, hostPort, ...more }] }],
  });
  it.each([
    [port(80), port(80), false],
    [port(80), port(81), true],
    [port(80), port(80, { protocol: 'UDP' }), true],
    [port(80), port(80, { hostIP: '127.0.0.1' }), false],
    [port(80, { hostIP: '127.0.0.1' }), port(80), false],
    [port(80, { hostIP: '127.0.0.1' }), port(80, { hostIP: '127.0.0.2' }), true],
  ])('%j then %j: %s', (first, second, passes) => {
    const node = new NodeInfo('n', aNode());
    node.add(info(first, 'a'));
    expect(nodePorts.filter(cycle, info(second, 'b'), node) === undefined).toBe(passes);
    node.remove('a');
    expect(nodePorts.filter(cycle, info(second, 'b'), node)).toBeUndefined();
  });
});

describe('what a pod asks for', () => {
  const cpu = (milli: number) => ({ resources: { requests: { cpu: `${milli}m` } } });
  it.each([
    [
      'the sum of its containers',
      {
        containers: [
          { name: 'a', ...cpu(100) },
          { name: 'b', ...cpu(200) },
        ],
      },
      300,
    ],
    [
      'the greatest init container',
      { containers: [{ name: 'a', ...cpu(100) }], initContainers: [{ name: 'i', ...cpu(500) }] },
      500,
    ],
    [
      'sidecars beside the others',
      {
        containers: [{ name: 'a', ...cpu(100) }],
        initContainers: [{ name: 's', restartPolicy: 'Always', ...cpu(50) }],
      },
      150,
    ],
    [
      'an init container with the sidecars before it',
      {
        containers: [{ name: 'a', ...cpu(100) }],
        initContainers: [
          { name: 's', restartPolicy: 'Always', ...cpu(50) },
          { name: 'i', ...cpu(120) },
        ],
      },
      170,
    ],
    ['overhead on top', { containers: [{ name: 'a', ...cpu(100) }], overhead: { cpu: '10m' } }, 110],
    [
      'the pod level instead',
      { containers: [{ name: 'a', ...cpu(100) }], resources: { requests: { cpu: '1' } } },
      1_000,
    ],
  ] as const)('is %s', (_what, spec, milli) => {
    expect(info(spec as unknown as Partial<PodSpec>).requests.milliCpu).toBe(milli);
  });
});
