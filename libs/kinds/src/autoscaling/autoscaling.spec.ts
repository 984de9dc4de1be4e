import { describe, expect, it } from '@jest/globals';
import type { HorizontalPodAutoscaler, V2HorizontalPodAutoscaler } from '../generated/types.js';
import { horizontalPodAutoscalerV2Kind as v2 } from './horizontal-pod-autoscaler-v2.kind.js';
import { horizontalPodAutoscalerKind as v1 } from './horizontal-pod-autoscaler.kind.js';
import { shown } from '../spec-kind.js';

const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

function made(spec: object): V2HorizontalPodAutoscaler {
  const one = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: { scaleTargetRef: target, maxReplicas: 3, ...structuredClone(spec) },
  } as V2HorizontalPodAutoscaler;
  v2.applyDefaults!(one);
  return one;
}

function old(spec: object, annotations?: Record<string, string>): HorizontalPodAutoscaler {
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', ...(annotations ? { annotations } : {}) },
    spec: { scaleTargetRef: target, maxReplicas: 3, ...spec },
  };
}

const utilization = { type: 'Utilization', averageUtilization: 50 };
const cpu = { type: 'Resource', resource: { name: 'cpu', target: utilization } };
const pods = { type: 'Pods', pods: { metric: { name: 'qps' }, target: { type: 'AverageValue', averageValue: '5' } } };

describe('rules', () => {
  it.each([
    [{}, []],
    [
      { minReplicas: 0 },
      [
        'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
        'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
      ],
    ],
    [
      { maxReplicas: 0 },
      [
        'spec.maxReplicas: Invalid value: 0: must be greater than 0',
        'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
      ],
    ],
    [
      { scaleTargetRef: {} },
      [
        'spec.scaleTargetRef.kind: Required value',
        'spec.scaleTargetRef.name: Required value',
        'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
      ],
    ],
    [{ scaleTargetRef: { kind: 'ReplicationController', name: 'a' } }, []],
    [
      { scaleTargetRef: { ...target, apiVersion: 'a/b/c' } },
      ['spec.scaleTargetRef.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c'],
    ],
    [
      { metrics: [{ type: 'Pods', resource: cpu.resource }] },
      ['spec.metrics[0].pods: Required value: must populate information for the given metric source'],
    ],
    [
      { metrics: [{ ...cpu, pods: pods.pods }] },
      ['spec.metrics[0].pods: Forbidden: must populate the given metric source only'],
    ],
    [
      {
        metrics: [
          { type: 'Resource', resource: { target: { type: 'Odd', averageUtilization: 0, averageValue: '-1' } } },
        ],
      },
      [
        'spec.metrics[0].resource.name: Required value: must specify a resource name',
        'spec.metrics[0].resource.target.type: Invalid value: "Odd": must be either Utilization, Value, or AverageValue',
        'spec.metrics[0].resource.target.averageValue: Invalid value: "-1": must be positive',
        'spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0',
        'spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization',
      ],
    ],
    [
      { metrics: [{ type: 'External', external: {} }] },
      [
        'spec.metrics[0].external.metric.name: Required value: must specify a metric name',
        'spec.metrics[0].external.target.type: Required value: must specify a metric target type',
        'spec.metrics[0].external.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
        'spec.metrics[0].external.target.averageValue: Required value: must set either a target value for metric or a per-pod target',
      ],
    ],
    [
      {
        behavior: {
          scaleDown: {
            stabilizationWindowSeconds: 3601,
            selectPolicy: 'Odd',
            policies: [{ type: 'Odd', value: 0, periodSeconds: 1801 }],
            tolerance: '-1',
          },
        },
      },
      [
        'spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
        'spec.behavior.scaleDown.selectPolicy: Unsupported value: "Odd": supported values: "Disabled", "Max", "Min"',
        'spec.behavior.scaleDown.policies[0].type: Unsupported value: "Odd": supported values: "Percent", "Pods"',
        'spec.behavior.scaleDown.policies[0].value: Invalid value: 0: must be greater than zero',
        'spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
        'spec.behavior.scaleDown.tolerance: Invalid value: "-1": must be greater than or equal to 0',
      ],
    ],
  ] as [object, string[]][])('%#', (spec, errors) => {
    expect(shown(v2.validateCreate!(made(spec)))).toEqual(errors);
  });

  it('leaves what was let in before', () => {
    const before = made({
      minReplicas: 0,
      scaleTargetRef: { kind: 'Odd', name: 'a' },
      metrics: [{ type: 'External', external: { metric: { name: 'q' }, target: { type: 'Value', value: '1' } } }],
    });
    expect(v2.validateUpdate!({ ...before }, before)).toEqual([]);
  });

  it('makes a behavior complete on both sides', () => {
    expect(made({ behavior: { scaleUp: { selectPolicy: 'Min' } } }).spec.behavior).toEqual({
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Min',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
      },
      scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
    });
  });
});

describe('v1 over v2', () => {
  it('keeps in annotations, in the old shapes, what it has no fields for', () => {
    const { metadata, spec } = v1.fromStorage!(
      made({ metrics: [pods, cpu], behavior: { scaleDown: { stabilizationWindowSeconds: 5 } } }),
    ) as HorizontalPodAutoscaler;
    expect(spec.targetCPUUtilizationPercentage).toBe(50);
    expect(JSON.parse(metadata.annotations!['autoscaling.alpha.kubernetes.io/metrics']!)).toEqual([
      { type: 'Pods', pods: { metricName: 'qps', targetAverageValue: '5' } },
    ]);
    expect(JSON.parse(metadata.annotations!['autoscaling.alpha.kubernetes.io/behavior']!)).toMatchObject({
      ScaleDown: {
        StabilizationWindowSeconds: 5,
        Policies: [{ Type: 'Percent', Value: 100, PeriodSeconds: 15 }],
        Tolerance: null,
      },
    });
  });

  it.each([
    pods,
    {
      type: 'Object',
      object: { describedObject: target, metric: { name: 'm' }, target: { type: 'Value', value: '2' } },
    },
    {
      type: 'Object',
      object: { describedObject: target, metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '2' } },
    },
    {
      type: 'External',
      external: { metric: { name: 'm', selector: { matchLabels: { a: 'b' } } }, target: { type: 'Value', value: '2' } },
    },
    { type: 'Resource', resource: { name: 'memory', target: utilization } },
    { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c', target: utilization } },
  ])('reads back %j', (metric) => {
    const stored = made({ metrics: [metric, cpu], behavior: { scaleUp: { tolerance: '100m' } } });
    const back = v1.toStorage!(v1.fromStorage!(stored)) as V2HorizontalPodAutoscaler;
    expect(back.spec).toEqual(stored.spec);
    expect(back.metadata.annotations).toBeUndefined();
  });

  it.each(['', '{', '[1]', '{"__proto__":{}}', '[[]]'])('ignores %j in its annotations', (text) => {
    const annotations = Object.fromEntries(
      ['metrics', 'current-metrics', 'conditions', 'behavior'].map((name) => [
        `autoscaling.alpha.kubernetes.io/${name}`,
        text,
      ]),
    );
    const stored = v1.toStorage!(old({ targetCPUUtilizationPercentage: 7 }, annotations)) as V2HorizontalPodAutoscaler;
    expect(stored.spec.metrics).toEqual([
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 7 } } },
    ]);
    expect(stored.spec.behavior).toBeUndefined();
  });

  it('gets the default metric of what is stored, which appliers do not see', () => {
    const one = old({});
    expect(v1.toStorage!(one)).not.toHaveProperty('spec.metrics');
    v1.prepareForCreate!(one, {} as never);
    expect(one.spec.targetCPUUtilizationPercentage).toBe(80);
    const other = old({}, { 'autoscaling.alpha.kubernetes.io/metrics': '[{"type":"Pods","pods":{}}]' });
    v1.prepareForUpdate!(other, one, {} as never);
    expect(other.spec.targetCPUUtilizationPercentage).toBeUndefined();
    expect(other.status).toEqual({ currentReplicas: 0, desiredReplicas: 0 });
  });

  it('is judged by the rules of the newer one', () => {
    expect(shown(v1.validateCreate!(old({ minReplicas: 1, targetCPUUtilizationPercentage: 0 })))).toEqual([
      'spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0',
    ]);
  });

  it('changes no metrics through its status', () => {
    const stored = old({}, {});
    const body = {
      ...old({}, { 'autoscaling.alpha.kubernetes.io/metrics': '[{"type":"Pods","pods":{}}]' }),
      status: { currentReplicas: 1, desiredReplicas: 2 },
    };
    const status = v1.subresources.find(({ name }) => name === 'status')!;
    const merged = status.merge!(stored, body, {} as never);
    expect(merged.metadata.annotations).toBeUndefined();
    expect(merged.status).toMatchObject({ desiredReplicas: 2 });
  });
});
