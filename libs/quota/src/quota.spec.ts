import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import type { ResourceQuota } from '#kinds';
import { listOf } from './amounts.js';
import { chargedQuotas } from './charge.js';
import { evaluatorFor } from './evaluators.js';
import { usageOf } from './usage.js';

const pod = (spec: object = {}, more: object = {}) =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [c('c')], ...spec },
    ...more,
  }) as KubeObject;
const c = (name: string, requests?: object, limits?: object, more: object = {}) => ({
  name,
  image: 'nginx',
  resources: { ...(requests ? { requests } : {}), ...(limits ? { limits } : {}) },
  ...more,
});
const about = (spec: object) => ({ metadata: { name: 'x' }, spec }) as unknown as KubeObject;

const usage = (group: string, resource: string, object: KubeObject, nowMs = 0) =>
  listOf(evaluatorFor(group, resource).usage(object, nowMs));

describe('usage', () => {
  it.each<[string, string, string, KubeObject, Record<string, string>]>([
    ['a pod that asks for nothing', '', 'pods', pod(), { 'count/pods': '1', pods: '1' }],
    [
      'requests, limits, huge pages and devices',
      '',
      'pods',
      pod({
        containers: [c('c', { cpu: '1', memory: '1Gi', 'hugepages-2Mi': '4Mi', 'a.com/gpu': '2' }, { cpu: '2' })],
      }),
      {
        'count/pods': '1',
        cpu: '1',
        'hugepages-2Mi': '4Mi',
        'limits.cpu': '2',
        memory: '1Gi',
        pods: '1',
        'requests.a.com/gpu': '2',
        'requests.cpu': '1',
        'requests.hugepages-2Mi': '4Mi',
        'requests.memory': '1Gi',
      },
    ],
    [
      'the largest init container beside sidecars, and overhead',
      '',
      'pods',
      pod({
        containers: [c('a', { cpu: '1' })],
        initContainers: [c('s', { cpu: '500m' }, undefined, { restartPolicy: 'Always' }), c('i', { cpu: '2' })],
        overhead: { cpu: '100m' },
      }),
      { 'count/pods': '1', cpu: '2600m', pods: '1', 'requests.cpu': '2600m' },
    ],
    [
      'what is said of the whole pod',
      '',
      'pods',
      pod({ resources: { requests: { cpu: '3' } }, containers: [c('a', { cpu: '1' })] }),
      { 'count/pods': '1', cpu: '3', pods: '1', 'requests.cpu': '3' },
    ],
    ['a pod that ended', '', 'pods', pod({}, { status: { phase: 'Failed' } }), { 'count/pods': '1' }],
    [
      'a service with node ports',
      '',
      'services',
      about({ type: 'LoadBalancer', ports: [{}, {}] }),
      { 'count/services': '1', services: '1', 'services.loadbalancers': '1', 'services.nodeports': '2' },
    ],
    [
      'a balancer that asks for one node port',
      '',
      'services',
      about({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ nodePort: 30000 }, {}] }),
      { 'count/services': '1', services: '1', 'services.loadbalancers': '1', 'services.nodeports': '1' },
    ],
    [
      'a claim of a class',
      '',
      'persistentvolumeclaims',
      about({ storageClassName: 'gold', resources: { requests: { storage: '5Gi' } } }),
      {
        'count/persistentvolumeclaims': '1',
        'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
        'gold.storageclass.storage.k8s.io/requests.storage': '5Gi',
        persistentvolumeclaims: '1',
        'requests.storage': '5Gi',
      },
    ],
    [
      'devices: all of one class, the worse of two alternatives of another',
      'resource.k8s.io',
      'resourceclaims',
      about({
        devices: {
          requests: [
            { exactly: { deviceClassName: 'a', allocationMode: 'All' } },
            {
              firstAvailable: [
                { deviceClassName: 'b', count: 2 },
                { deviceClassName: 'b', count: 3 },
              ],
            },
          ],
        },
      }),
      {
        'a.deviceclass.resource.k8s.io/devices': '32',
        'b.deviceclass.resource.k8s.io/devices': '3',
        'count/resourceclaims.resource.k8s.io': '1',
      },
    ],
    ['a secret, by both names', '', 'secrets', about({}), { 'count/secrets': '1', secrets: '1' }],
    ['a custom resource', 'a.io', 'things', about({}), { 'count/things.a.io': '1' }],
  ])('of %s', (_what, group, resource, object, expected) => {
    expect(usage(group, resource, object)).toEqual(expected);
  });

  it('forgives a pod that is stuck in its deletion', () => {
    const stuck = pod();
    stuck.metadata = { name: 'p', deletionTimestamp: '1970-01-01T00:00:10Z', deletionGracePeriodSeconds: 30 };
    expect(usage('', 'pods', stuck, 40_000)).toHaveProperty('pods', '1');
    expect(usage('', 'pods', stuck, 40_001)).toEqual({ 'count/pods': '1' });
  });
});

const quota = (hard: Record<string, string>, used: Record<string, string>, spec: object = {}): ResourceQuota => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'compute' },
  spec: { hard, ...spec },
  status: { hard, used },
});

describe('chargedQuotas', () => {
  const charge = (one: ResourceQuota, object: KubeObject, old?: KubeObject, resource = 'pods') => {
    const operation = old ? 'UPDATE' : 'CREATE';
    const charged = chargedQuotas([one], evaluatorFor('', resource), { operation, object, old, nowMs: 0 });
    return 'refusal' in charged ? charged.refusal : charged[0]!.status?.used;
  };

  it('adds what is asked for, and only that', () => {
    expect(
      charge(quota({ pods: '3', cpu: '2' }, { pods: '1', cpu: '500m' }), pod({ containers: [c('c', { cpu: '1' })] })),
    ).toEqual({ cpu: '1500m', pods: '2' });
  });

  it.each<[string, ResourceQuota, KubeObject, string]>([
    [
      'too many',
      quota({ pods: '2' }, { pods: '2' }),
      pod(),
      'exceeded quota: compute, requested: pods=1, used: pods=2, limited: pods=2',
    ],
    [
      'too much of two things',
      quota({ pods: '9', cpu: '1', memory: '1Gi' }, { pods: '1', cpu: '800m', memory: '1Gi' }),
      pod({ containers: [c('c', { cpu: '300m', memory: '1Mi' })] }),
      'exceeded quota: compute, requested: cpu=300m,memory=1Mi, used: cpu=800m,memory=1Gi, limited: cpu=1,memory=1Gi',
    ],
    [
      'containers that do not say',
      quota({ 'limits.cpu': '2', 'requests.memory': '1Gi' }, { 'limits.cpu': '0', 'requests.memory': '0' }),
      pod({ containers: [c('c'), c('b')] }),
      'failed quota: compute: must specify limits.cpu for: b,c; requests.memory for: b,c',
    ],
    [
      'what was never counted',
      { ...quota({ pods: '2' }, {}), status: { hard: { pods: '2' } } },
      pod(),
      'status unknown for quota: compute, resources: pods',
    ],
    [
      'less than nothing',
      quota({ pods: '2', cpu: '1' }, { pods: '0', cpu: '0' }),
      pod({ containers: [c('c', { cpu: '-1' })] }),
      'quota usage is negative for resource(s): cpu,requests.cpu',
    ],
  ])('refuses %s', (_what, one, object, expected) => {
    expect(charge(one, object)).toBe(expected);
  });

  it('charges an update for what it adds, and gives nothing back', () => {
    const ports = (count: number) => about({ type: 'NodePort', ports: Array.from({ length: count }, () => ({})) });
    const one = quota({ 'services.nodeports': '3' }, { 'services.nodeports': '2' });
    expect(charge(one, ports(3), ports(2), 'services')).toEqual({ 'services.nodeports': '3' });
    expect(charge(one, ports(1), ports(2), 'services')).toEqual({ 'services.nodeports': '2' });
  });

  const full = { pods: '1' };
  const expression = (operator: string, values?: string[]) => ({
    scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator, ...(values ? { values } : {}) }] },
  });
  it.each<[string, object, object, boolean]>([
    ['Terminating', { scopes: ['Terminating'] }, { activeDeadlineSeconds: 5 }, true],
    ['Terminating', { scopes: ['Terminating'] }, {}, false],
    ['NotTerminating', { scopes: ['NotTerminating'] }, {}, true],
    ['BestEffort', { scopes: ['BestEffort'] }, {}, true],
    ['BestEffort', { scopes: ['BestEffort'] }, { containers: [c('c', { cpu: '1' })] }, false],
    ['NotBestEffort', { scopes: ['NotBestEffort'] }, {}, false],
    ['both of two', { scopes: ['BestEffort', 'Terminating'] }, {}, false],
    ['PriorityClass Exists', { scopes: ['PriorityClass'] }, { priorityClassName: 'high' }, true],
    ['PriorityClass In', expression('In', ['high']), { priorityClassName: 'high' }, true],
    ['PriorityClass In', expression('In', ['high']), {}, false],
    ['PriorityClass NotIn', expression('NotIn', ['high']), {}, true],
    ['PriorityClass DoesNotExist', expression('DoesNotExist'), { priorityClassName: 'high' }, false],
    [
      'CrossNamespacePodAffinity',
      { scopes: ['CrossNamespacePodAffinity'] },
      {
        affinity: {
          podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ namespaces: ['x'], topologyKey: 'z' }] },
        },
      },
      true,
    ],
    ['CrossNamespacePodAffinity', { scopes: ['CrossNamespacePodAffinity'] }, { affinity: { podAffinity: {} } }, false],
  ])('scope %s of %j for a pod %j: %s', (_name, scopes, spec, covered) => {
    const result = charge(quota(full, full, scopes), pod(spec));
    expect(typeof result).toBe(covered ? 'string' : 'object');
  });
});

describe('usageOf', () => {
  it('counts what the spec limits, from nothing up', () => {
    const one = quota({ pods: '9', cpu: '9', 'count/secrets': '1' }, {});
    const pods = [
      pod({ containers: [c('c', { cpu: '250m' })] }),
      pod({ containers: [c('c', { cpu: '250m' })] }, { status: { phase: 'Succeeded' } }),
    ];
    const of = (resource: string) => evaluatorFor('', resource);
    const used = usageOf(one, [of('pods'), of('secrets')], ({ resource }) => (resource === 'pods' ? pods : []), 0);
    expect(listOf(used)).toEqual({ 'count/secrets': '0', cpu: '250m', pods: '1' });
  });
});
