import { describe, expect, it } from '@jest/globals';
import { Random, systemClock } from '#base';
import type { FieldError, KubeObject } from '#apimachinery';
import type { Deployment } from '../generated/types.js';
import { deploymentKind } from './deployment.kind.js';
import { replicaSetKind } from './replica-set.kind.js';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const env = { clock: systemClock, random: new Random('apps') };

function aDeployment(spec: Partial<Deployment['spec']> = {}): Deployment {
  const deployment: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'default',
      creationTimestamp: '2026-01-01T00:00:00Z',
      uid: 'u',
      resourceVersion: '5',
    },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      ...spec,
    },
  };
  deploymentKind.applyDefaults!(deployment);
  return deployment;
}

const shown = (errors: readonly FieldError[]) => errors.map(({ field, detail }) => `${field}: ${detail}`);

describe('deployments', () => {
  it('get upstream defaults', () => {
    expect(aDeployment().spec).toMatchObject({
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: { spec: { restartPolicy: 'Always', containers: [{ imagePullPolicy: 'Always' }] } },
    });
    // Only pods get it, so that templates of older versions stay as they are.
    expect(aDeployment().spec.template.spec).not.toHaveProperty('enableServiceLinks');
    expect(aDeployment({ strategy: { type: 'Recreate' } }).spec.strategy).toEqual({ type: 'Recreate' });
  });

  it.each([
    ['nothing wrong', {}, []],
    ['too few', { replicas: -1 }, ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    [
      'a selector that misses its template',
      { selector: { matchLabels: { app: 'other' } } },
      ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    ],
    [
      'an empty selector',
      { selector: {} },
      ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    ],
    [
      'pods that end',
      {
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'a' }] },
        },
      },
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      'no way forward',
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
    ],
    [
      'a template without an image',
      { template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c' }] } } },
      ['spec.template.spec.containers[0].image: Required value'],
    ],
    [
      'a deadline before readiness',
      { minReadySeconds: 10, progressDeadlineSeconds: 5 },
      ['spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds'],
    ],
  ] as [string, Partial<Deployment['spec']>, string[]][])('are validated: %s', (_what, spec, errors) => {
    expect(shown(deploymentKind.validate!(aDeployment(spec)))).toEqual(errors);
  });

  it('keep their selector', () => {
    const changed = aDeployment({ selector: { matchLabels: { app: 'b' } } });
    expect(shown(deploymentKind.validateUpdate!(changed, aDeployment()))).toEqual([
      'spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
    ]);
  });

  it('print as kubectl does', () => {
    const deployment = {
      ...aDeployment({ replicas: 3 }),
      status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 2 },
    };
    expect(deploymentKind.columns.map(({ name }) => name)).toEqual([
      'Name',
      'Ready',
      'Up-to-date',
      'Available',
      'Age',
      'Containers',
      'Images',
      'Selector',
    ]);
    expect(deploymentKind.row!(deployment, NOW)).toEqual(['web', '2/3', 3, 2, '60m', 'c', 'nginx', 'app=web']);
  });

  it('scale through their subresource', () => {
    const scale = deploymentKind.subresources.find(({ name }) => name === 'scale')!;
    const stored = { ...aDeployment({ replicas: 3 }), status: { replicas: 2 } };
    const shownScale = scale.project!(stored);
    expect(shownScale).toMatchObject({
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web', uid: 'u', resourceVersion: '5' },
      spec: { replicas: 3 },
      status: { replicas: 2, selector: 'app=web' },
    });
    const sent = (replicas: number) => ({ ...shownScale, spec: { replicas } }) as KubeObject;
    expect(scale.merge!(stored, sent(5), env).spec).toEqual({ ...stored.spec, replicas: 5 });
    expect(() => scale.merge!(stored, sent(-1), env)).toThrow('spec.replicas: Invalid value: -1');
  });
});

describe('replica sets', () => {
  it('print and select', () => {
    const { spec, metadata } = aDeployment({ replicas: 3 });
    const set = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata,
      spec: { replicas: 3, selector: spec.selector, template: spec.template },
      status: { replicas: 2, readyReplicas: 1 },
    };
    expect(replicaSetKind.row!(set, NOW)).toEqual(['web', 3, 2, 1, '60m', 'c', 'nginx', 'app=web']);
    expect(replicaSetKind.selectableFields!(set)).toEqual({ 'status.replicas': '2' });
    expect(replicaSetKind.validate!(set)).toEqual([]);
    expect(
      shown(replicaSetKind.validateStatusUpdate!({ ...set, status: { replicas: 1, readyReplicas: 2 } }, set)),
    ).toEqual(['status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas']);
  });
});
