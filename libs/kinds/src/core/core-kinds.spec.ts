import { describe, expect, it } from '@jest/globals';
import { Random, systemClock } from '#base';
import type { FieldError, KubeObject } from '#apimachinery';
import { horizontalPodAutoscalerKind } from '../autoscaling/horizontal-pod-autoscaler.kind.js';
import { leaseKind } from '../coordination/lease.kind.js';
import { endpointSliceKind } from '../discovery/endpoint-slice.kind.js';
import { eventsEventKind } from '../events/event.kind.js';
import type { CoreV1Event, HorizontalPodAutoscaler, Node, Secret, Service, ServiceSpec } from '../generated/types.js';
import type { Kind } from '../kind.js';
import { clusterRoleBindingKind } from '../rbac/cluster-role-binding.kind.js';
import { sandboxKind } from '../sandkube/sandbox.kind.js';
import { configMapKind } from './config-map.kind.js';
import { endpointsKind } from './endpoints.kind.js';
import { eventKind } from './event.kind.js';
import { namespaceKind } from './namespace.kind.js';
import { nodeKind } from './node.kind.js';
import { secretKind } from './secret.kind.js';
import { serviceKind } from './service/service.kind.js';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const env = { clock: systemClock, random: new Random('core') };
const shown = (errors: readonly FieldError[] | undefined) => errors?.map(({ field, detail }) => `${field}: ${detail}`);

function object<T extends KubeObject>(kind: Kind<T>, rest: object): T {
  const metadata = { name: 'a', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' };
  return { apiVersion: 'v1', kind: kind.kind, metadata, ...rest } as unknown as T;
}

function aService(spec: ServiceSpec): Service {
  const service = object(serviceKind, { spec });
  serviceKind.applyDefaults!(service);
  return service;
}

describe('rows', () => {
  const address = (count: number) => Array.from({ length: count }, (_, i) => ({ ip: `10.0.0.${i + 1}` }));
  const rows: [what: string, kind: Kind, rest: object, cells: unknown[]][] = [
    ['a namespace', namespaceKind, { status: { phase: 'Active' } }, ['a', 'Active', '60m']],
    ['a config map', configMapKind, { data: { a: '1' }, binaryData: { b: 'AA==' } }, ['a', 2, '60m']],
    ['a secret', secretKind, { type: 'Opaque', data: { a: '' } }, ['a', 'Opaque', 1, '60m']],
    [
      'endpoints',
      endpointsKind,
      { subsets: [{ addresses: address(5), ports: [{ port: 80 }] }] },
      ['a', '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...', '60m'],
    ],
    ['no endpoints', endpointsKind, {}, ['a', '<none>', '60m']],
    [
      'an endpoint slice',
      endpointSliceKind,
      { addressType: 'IPv4', ports: [{ port: 80 }], endpoints: [{ addresses: ['10.0.0.1'] }] },
      ['a', 'IPv4', '80', '10.0.0.1', '60m'],
    ],
    ['a lease', leaseKind, { spec: { holderIdentity: 'me' } }, ['a', 'me', '60m']],
    [
      'a service with node ports',
      serviceKind,
      {
        spec: {
          type: 'NodePort',
          clusterIP: '10.96.0.1',
          ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }],
          selector: { b: '2', a: '1' },
        },
      },
      ['a', 'NodePort', '10.96.0.1', '<none>', '80:30080/TCP', '60m', 'a=1,b=2'],
    ],
    [
      'a load balancer that waits',
      serviceKind,
      { spec: { type: 'LoadBalancer', clusterIP: '10.96.0.1', ports: [{ port: 80, protocol: 'TCP' }] } },
      ['a', 'LoadBalancer', '10.96.0.1', '<pending>', '80/TCP', '60m', '<none>'],
    ],
    [
      'an external name',
      serviceKind,
      { spec: { type: 'ExternalName', externalName: 'example.com' } },
      ['a', 'ExternalName', '<none>', 'example.com', '<none>', '60m', '<none>'],
    ],
    [
      'a cluster role binding',
      clusterRoleBindingKind,
      {
        roleRef: { kind: 'ClusterRole', name: 'admin' },
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'ServiceAccount', name: 's', namespace: 'n' },
        ],
      },
      ['a', 'ClusterRole/admin', '60m', 'u', '', 'n/s'],
    ],
    [
      'a sandbox',
      sandboxKind,
      { spec: { template: 'starter' }, status: { phase: 'Ready', url: 'https://x' } },
      ['a', 'starter', 'Ready', 'https://x', '60m'],
    ],
  ];
  it.each(rows)('%s', (_what, kind, rest, cells) => {
    expect(kind.row!(object(kind, rest), NOW)).toEqual(cells);
    expect(cells).toHaveLength(kind.columns.length);
  });

  it('a node', () => {
    const node = object(nodeKind, {
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        addresses: [{ type: 'InternalIP', address: '172.18.0.2' }],
        nodeInfo: { kubeletVersion: 'v1.36.0', osImage: 'Debian' },
      },
    });
    node.metadata.labels = { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/control-plane': '' };
    expect(nodeKind.row!(node, NOW)).toEqual([
      'a',
      'Ready,SchedulingDisabled',
      'control-plane,worker',
      '60m',
      'v1.36.0',
      '172.18.0.2',
      '<none>',
      'Debian',
      '<unknown>',
      '<unknown>',
    ]);
  });
});

describe('events', () => {
  const event: CoreV1Event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e', namespace: 'default' },
    involvedObject: { kind: 'Pod', name: 'web', namespace: 'default', fieldPath: 'spec.containers{c}' },
    type: 'Normal',
    reason: 'Pulled',
    message: 'Pulled it ',
    source: { component: 'kubelet', host: 'n' },
    firstTimestamp: '2026-01-01T00:50:00Z',
    lastTimestamp: '2026-01-01T00:59:00Z',
    count: 3,
  };
  const cells = ['60s', 'Normal', 'Pulled', 'pod/web', 'spec.containers{c}', 'kubelet, n', 'Pulled it', '10m', 3, 'e'];

  it('print alike in both groups', () => {
    expect(eventKind.row!(event, NOW)).toEqual(cells);
    expect(eventsEventKind.row!(eventsEventKind.fromStorage!(event), NOW)).toEqual(cells);
  });

  it('print when they are about nothing', () => {
    const { involvedObject: _about, ...bare } = event;
    expect(eventKind.row!(bare as CoreV1Event, NOW)!.slice(2, 5)).toEqual(['Pulled', '', '']);
  });

  it('go over to the other shape and back without loss', () => {
    const other = eventsEventKind.fromStorage!(event);
    expect(other).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      regarding: { kind: 'Pod' },
      note: 'Pulled it ',
      deprecatedCount: 3,
      deprecatedSource: { component: 'kubelet' },
    });
    expect(other).not.toHaveProperty('message');
    expect(eventsEventKind.toStorage!(other)).toEqual(event);
  });

  it('are selectable by their object under the names of both groups', () => {
    expect(eventKind.selectableFields!(event)).toMatchObject({
      'involvedObject.name': 'web',
      'regarding.name': 'web',
      reason: 'Pulled',
      reportingComponent: 'kubelet',
      type: 'Normal',
    });
  });
});

describe('autoscaling/v1', () => {
  it('is a view of v2 that loses nothing', () => {
    const one: HorizontalPodAutoscaler = {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'a', annotations: { mine: 'x' } },
      spec: {
        maxReplicas: 3,
        minReplicas: 1,
        scaleTargetRef: { kind: 'Deployment', name: 'web' },
        targetCPUUtilizationPercentage: 50,
      },
      status: { currentReplicas: 1, desiredReplicas: 2 },
    };
    const stored = horizontalPodAutoscalerKind.toStorage!(one);
    expect(stored).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 50 } } }] },
    });
    expect(horizontalPodAutoscalerKind.fromStorage!(stored)).toEqual(one);
    expect(horizontalPodAutoscalerKind.row!(one, NOW).slice(1, 6)).toEqual([
      'Deployment/web',
      'cpu: <unknown>/50%',
      '1',
      3,
      1,
    ]);
  });
});

describe('services', () => {
  it('get upstream defaults', () => {
    expect(aService({ ports: [{ port: 80 }] }).spec).toEqual({
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
    });
    expect(aService({ type: 'NodePort', ports: [{ port: 80 }] }).spec?.externalTrafficPolicy).toBe('Cluster');
    expect(aService({ sessionAffinity: 'ClientIP' }).spec?.sessionAffinityConfig).toEqual({
      clientIP: { timeoutSeconds: 10800 },
    });
  });

  it.each([
    ['no ports', {}, ['spec.ports: Required value']],
    ['headless without ports', { clusterIP: 'None' }, []],
    [
      'ports without names',
      { ports: [{ port: 1 }, { port: 2 }] },
      ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value'],
    ],
    [
      'a bad port',
      { ports: [{ port: 0 }] },
      expect.arrayContaining(['spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive']),
    ],
    [
      'an unknown type',
      { type: 'Magic', ports: [{ port: 1 }] },
      [
        'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    ['an external name of nothing', { type: 'ExternalName' }, ['spec.externalName: Required value']],
  ] as [string, ServiceSpec, string[]][])('are validated: %s', (_what, spec, errors) => {
    expect(shown(serviceKind.validate!(aService(spec)))).toEqual(errors);
  });

  it('keep what was allocated, and their address', () => {
    const old = aService({
      type: 'NodePort',
      clusterIP: '10.96.0.5',
      clusterIPs: ['10.96.0.5'],
      ports: [{ port: 80, nodePort: 30080 }],
    });
    const changed = aService({ type: 'NodePort', ports: [{ port: 80 }] });
    serviceKind.prepareForUpdate!(changed, old, env);
    expect(changed.spec).toMatchObject({
      clusterIP: '10.96.0.5',
      clusterIPs: ['10.96.0.5'],
      ports: [{ nodePort: 30080 }],
    });
    const moved = aService({ clusterIP: '10.96.0.6', clusterIPs: ['10.96.0.6'], ports: [{ port: 80 }] });
    expect(shown(serviceKind.validateUpdate!(moved, old))).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["10.96.0.6"]: may not change once set',
    ]);
  });
});

describe('config maps and secrets', () => {
  it.each([
    [
      'a bad key',
      configMapKind,
      { data: { 'a b': '' } },
      [expect.stringContaining('data[a b]: Invalid value: "a b": a valid config key must consist of')],
    ],
    [
      'a key in both',
      configMapKind,
      { data: { a: '' }, binaryData: { a: '' } },
      ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
    ],
    [
      'too much',
      configMapKind,
      { data: { a: 'x'.repeat(1_048_577) } },
      ['[]: Too long: may not be more than 1048576 bytes'],
    ],
    ['just enough', configMapKind, { data: { a: 'x'.repeat(1_048_576) } }, []],
    [
      'too much in base64',
      secretKind,
      { data: { a: 'AAAA'.repeat(349_526) } },
      ['data: Too long: may not be more than 1048576 bytes'],
    ],
    [
      'a TLS secret without keys',
      secretKind,
      { type: 'kubernetes.io/tls', data: {} },
      ['data[tls.crt]: Required value', 'data[tls.key]: Required value'],
    ],
  ] as [string, Kind, object, string[]][])('are validated: %s', (_what, kind, rest, errors) => {
    expect(shown(kind.validate!(object(kind, rest)))).toEqual(errors);
  });

  it('stay as they are when immutable', () => {
    const old = object(configMapKind, { immutable: true, data: { a: '1' } });
    expect(
      shown(configMapKind.validateUpdate!(object(configMapKind, { immutable: true, data: { a: '2' } }), old)),
    ).toEqual(['data: Forbidden: field is immutable when `immutable` is set']);
    expect(shown(configMapKind.validateUpdate!(object(configMapKind, { data: { a: '1' } }), old))).toEqual([
      'immutable: Forbidden: field is immutable when `immutable` is set',
    ]);
  });

  it('take plain text of a secret into its data, whatever the key', () => {
    const secret = object(secretKind, { stringData: JSON.parse('{"__proto__":"x","a":"y"}') as object }) as Secret;
    secretKind.applyDefaults!(secret);
    expect(JSON.stringify(secret.data)).toBe('{"__proto__":"eA==","a":"eQ=="}');
    expect(secret).not.toHaveProperty('stringData');
    expect(secret.type).toBe('Opaque');
  });
});

describe('namespaces', () => {
  it('carry their name and the finalizer that empties them', () => {
    const namespace = object(namespaceKind, {});
    namespaceKind.prepareForCreate!(namespace, env);
    expect(namespace).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'a' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
    const changed = object(namespaceKind, { spec: {} });
    namespaceKind.prepareForUpdate!(changed, namespace, env);
    expect(changed.spec).toEqual({ finalizers: ['kubernetes'] });
  });
});

describe('what is alive', () => {
  it('beats on read, and is not changed by it', () => {
    const conditions = [
      { type: 'Ready', status: 'True', lastHeartbeatTime: 'old' },
      { type: 'NetworkUnavailable', status: 'False', lastHeartbeatTime: 'old' },
    ];
    const node = object(nodeKind, { status: { conditions } }) as Node;
    const beaten = nodeKind.alive!(node, NOW);
    expect(beaten.status?.conditions?.map(({ lastHeartbeatTime }) => lastHeartbeatTime)).toEqual([
      '2026-01-01T01:00:00Z',
      'old',
    ]);
    expect(conditions[0]!.lastHeartbeatTime).toBe('old');
    expect(leaseKind.alive!(object(leaseKind, { spec: {} }), NOW).spec?.renewTime).toBe('2026-01-01T01:00:00.000000Z');
  });
});

describe('sandboxes', () => {
  it('start from a template and keep it', () => {
    const sandbox = object(sandboxKind, {});
    sandboxKind.applyDefaults!(sandbox);
    expect(sandbox.spec).toEqual({ template: 'starter' });
    const changed = object(sandboxKind, { spec: { template: 'other' } });
    expect(shown(sandboxKind.validateUpdate!(changed, sandbox))).toEqual([
      'spec.template: Invalid value: "other": field is immutable',
    ]);
  });

  it.each([['0'], ['-1'], ['fast'], ['1e9']])('refuse a clock rate of %s', (rate) => {
    expect(sandboxKind.validate!(object(sandboxKind, { spec: { clock: { rate } } }))).toHaveLength(1);
  });
});
