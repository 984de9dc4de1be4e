import { describe, expect, it } from '@jest/globals';
import type { FieldError, KubeObject } from '#apimachinery';
import { Random, systemClock } from '#base';
import type { Container, Pod, PodSpec, PodStatus } from '../../generated/types.js';
import type { KindEnv } from '../../kind.js';
import { podKind } from './pod.kind.js';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const env: KindEnv = { clock: { ...systemClock, nowMs: () => NOW }, random: new Random('pod') };

function aPod(spec: Partial<PodSpec> = {}, status?: PodStatus, metadata: Pod['metadata'] = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
    ...(status ? { status } : {}),
  };
}

function valid(spec: Partial<PodSpec>): Pod {
  const pod = aPod(spec);
  podKind.applyDefaults!(pod);
  return pod;
}

const shown = (errors: readonly FieldError[]) => errors.map(({ field, detail }) => `${field}: ${detail}`);

describe('defaults', () => {
  it('completes a bare pod as upstream does', () => {
    const pod = aPod();
    podKind.applyDefaults!(pod);
    podKind.prepareForCreate!(pod, env);
    expect(pod.spec).toEqual({
      containers: [
        {
          name: 'c',
          image: 'nginx',
          imagePullPolicy: 'Always',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    });
    expect(pod.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  });

  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    ['registry:5000/nginx', 'Always'],
    ['registry:5000/nginx:1.27', 'IfNotPresent'],
    ['nginx@sha256:0123', 'IfNotPresent'],
  ])('pulls %s %s', (image, policy) => {
    expect(valid({ containers: [{ name: 'c', image }] }).spec.containers[0]!.imagePullPolicy).toBe(policy);
  });

  it('fills in probes, volumes, references and host ports', () => {
    const { spec } = valid({
      hostNetwork: true,
      containers: [
        {
          name: 'c',
          ports: [{ containerPort: 80 }],
          readinessProbe: { httpGet: { port: 80 } },
          livenessProbe: { grpc: { port: 1 } },
          env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
          resources: { limits: { cpu: '1' } },
        },
      ],
      volumes: [
        { name: 'a' },
        { name: 'b', secret: { secretName: 's' } },
        { name: 'd', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      ],
    });
    expect(spec.containers[0]).toMatchObject({
      ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }],
      readinessProbe: {
        httpGet: { path: '/', port: 80, scheme: 'HTTP' },
        timeoutSeconds: 1,
        periodSeconds: 10,
        successThreshold: 1,
        failureThreshold: 3,
      },
      livenessProbe: { grpc: { port: 1, service: '' } },
      env: [{ valueFrom: { fieldRef: { apiVersion: 'v1' } } }],
      resources: { limits: { cpu: '1' }, requests: { cpu: '1' } },
    });
    expect(spec.volumes).toEqual([
      { name: 'a', emptyDir: {} },
      { name: 'b', secret: { secretName: 's', defaultMode: 420 } },
      {
        name: 'd',
        projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }] },
      },
    ]);
  });

  it.each([
    [{}, 'BestEffort'],
    [{ requests: { cpu: '1' } }, 'Burstable'],
    [{ requests: { cpu: '0' } }, 'BestEffort'],
    [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
    [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } }, 'Guaranteed'],
    [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } }, 'Burstable'],
    [{ limits: { cpu: '1' }, requests: { cpu: '1' } }, 'Burstable'],
  ] as [Container['resources'] & object, string][])('gives %j the class %s', (resources, qosClass) => {
    const pod = aPod({ containers: [{ name: 'c', resources }] });
    podKind.prepareForCreate!(pod, env);
    expect(pod.status?.qosClass).toBe(qosClass);
  });

  it('marks gated pods', () => {
    const pod = aPod({ schedulingGates: [{ name: 'example.com/wait' }] });
    podKind.prepareForCreate!(pod, env);
    expect(pod.status?.conditions).toMatchObject([
      { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' },
    ]);
  });
});

describe('validate', () => {
  const c = { name: 'c', image: 'nginx' };
  const table: [what: string, spec: Partial<PodSpec>, errors: unknown[]][] = [
    ['nothing wrong', {}, []],
    ['no containers', { containers: [] }, ['spec.containers: Required value']],
    ['no image', { containers: [{ name: 'c' }] }, ['spec.containers[0].image: Required value']],
    ['no name', { containers: [{ image: 'a' } as Container] }, ['spec.containers[0].name: Required value']],
    ['a name twice', { containers: [c, c] }, ['spec.containers[1].name: Duplicate value: "c"']],
    [
      'an init container of a taken name',
      { initContainers: [c] },
      ['spec.initContainers[0].name: Duplicate value: "c"'],
    ],
    [
      'a port out of range',
      { containers: [{ ...c, ports: [{ containerPort: 70_000 }] }] },
      ['spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive'],
    ],
    [
      'an unknown protocol',
      { containers: [{ ...c, ports: [{ containerPort: 1, protocol: 'ICMP' }] }] },
      ['spec.containers[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
    ],
    [
      'a mount of no volume',
      { containers: [{ ...c, volumeMounts: [{ name: 'v', mountPath: '/a' }] }] },
      ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
    ],
    [
      'a mount path twice',
      {
        volumes: [{ name: 'v' }],
        containers: [
          {
            ...c,
            volumeMounts: [
              { name: 'v', mountPath: '/a' },
              { name: 'v', mountPath: '/a' },
            ],
          },
        ],
      },
      ['spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique'],
    ],
    [
      'two sources of a volume',
      { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/a' } }] },
      ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
    ],
    [
      'a request above its limit',
      { containers: [{ ...c, resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }] },
      ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ],
    [
      'a negative request',
      { containers: [{ ...c, resources: { requests: { memory: '-1' } } }] },
      ['spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0'],
    ],
    [
      'a probe without a handler',
      { containers: [{ ...c, livenessProbe: {} }] },
      ['spec.containers[0].livenessProbe: Required value: must specify a handler type'],
    ],
    [
      'a liveness probe that must succeed twice',
      { containers: [{ ...c, livenessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 } }] },
      ['spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1'],
    ],
    [
      'an unknown restart policy',
      { restartPolicy: 'Sometimes' },
      ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
    ],
    [
      'a toleration of nothing',
      { tolerations: [{ operator: 'Equal' }] },
      [
        'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ],
    ],
    [
      'no topology key',
      { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: '' }] } } },
      [
        'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
        expect.stringContaining('topologyKey: Invalid value: "": name part must be non-empty'),
        expect.stringContaining('topologyKey: Invalid value: "": name part must consist of'),
      ],
    ],
    [
      'an env variable with two sources',
      {
        containers: [
          { ...c, env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
        ],
      },
      ['spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
    ],
  ];
  it.each(table)('%s', (_what, spec, errors) => {
    expect(shown(podKind.validate!(valid(spec)))).toEqual(errors);
  });
});

describe('validateUpdate', () => {
  it.each([
    ['the image', { containers: [{ name: 'c', image: 'nginx:2', imagePullPolicy: 'Always' }] }],
    ['more tolerations', { tolerations: [{ key: 'a', operator: 'Exists' }] }],
    ['a deadline', { activeDeadlineSeconds: 5 }],
  ] as [string, Partial<PodSpec>][])('lets %s change', (_what, spec) => {
    expect(podKind.validateUpdate!(valid(spec), valid({}))).toEqual([]);
  });

  it('refuses the rest, naming what may change', () => {
    const errors = podKind.validateUpdate!(valid({ dnsPolicy: 'Default' }), valid({}));
    expect(shown(errors)).toEqual([
      expect.stringContaining(
        'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`',
      ),
    ]);
    expect(errors[0]!.detail).toContain('\n- "DNSPolicy": "ClusterFirst",\n+ "DNSPolicy": "Default",\n');
    const added = valid({
      containers: [
        { name: 'c', image: 'nginx' },
        { name: 'd', image: 'x' },
      ],
    });
    expect(shown(podKind.validateUpdate!(added, valid({})))).toEqual([
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ]);
  });
});

describe('binding', () => {
  const bind = podKind.subresources.find(({ name }) => name === 'binding')!;
  const binding = (target: object, metadata: object = {}) =>
    ({ apiVersion: 'v1', kind: 'Binding', metadata: { name: 'web', ...metadata }, target }) as KubeObject;

  it('puts the pod on the node and says so', () => {
    const stored = aPod(
      {},
      { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] },
    );
    const bound = bind.merge!(stored, binding({ kind: 'Node', name: 'n' }, { annotations: { a: 'b' } }), env);
    expect(bound.spec.nodeName).toBe('n');
    expect(bound.metadata.annotations).toEqual({ a: 'b' });
    expect(bound.status?.conditions).toEqual([
      { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-01T01:00:00Z' },
    ]);
    expect(stored.spec.nodeName).toBeUndefined();
  });

  it.each([
    ['a bound pod', aPod({ nodeName: 'x' }), { name: 'n' }, 'pod web is already assigned to node "x"'],
    [
      'a pod that goes',
      aPod({}, {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      { name: 'n' },
      'pod web is being deleted',
    ],
    ['a gated pod', aPod({ schedulingGates: [{ name: 'a' }] }), { name: 'n' }, 'non-empty .spec.schedulingGates'],
    ['no node', aPod(), {}, 'target.name: Required value'],
    ['another kind', aPod(), { kind: 'Pod', name: 'n' }, 'Unsupported value: "Pod"'],
  ] as [string, Pod, object, string][])('refuses %s', (_what, stored, target, message) => {
    expect(() => bind.merge!(stored, binding(target), env)).toThrow(message);
  });
});

describe('the rest of its strategy', () => {
  it.each([
    ['asked for nothing', aPod({ nodeName: 'n', terminationGracePeriodSeconds: 7 }), undefined, 7],
    ['asked for less', aPod({ nodeName: 'n' }), 5, 5],
    ['not scheduled', aPod(), 30, 0],
    ['of a negative time', aPod({ nodeName: 'n', terminationGracePeriodSeconds: -1 }), undefined, 1],
    ['over', aPod({ nodeName: 'n' }, { phase: 'Succeeded' }), undefined, 0],
  ] as [string, Pod, number | undefined, number][])('gives grace: %s', (_what, pod, asked, grace) => {
    expect(podKind.deletionGraceSeconds!(pod, asked)).toBe(grace);
  });

  it('can be selected by node, phase and account', () => {
    const pod = aPod({ nodeName: 'n', serviceAccountName: 'a' }, { phase: 'Running', podIPs: [{ ip: '10.0.0.1' }] });
    expect(podKind.selectableFields!(pod)).toMatchObject({
      'spec.nodeName': 'n',
      'spec.serviceAccountName': 'a',
      'status.phase': 'Running',
      'status.podIP': '10.0.0.1',
    });
  });

  it('takes status and labels through status, the rest from what is stored', () => {
    const stored = aPod({}, { phase: 'Pending' }, { labels: { a: '1' }, ownerReferences: [] });
    const body = aPod({ nodeName: 'elsewhere' }, { phase: 'Running' }, { labels: { a: '2' }, resourceVersion: '7' });
    const merged = podKind.subresources.find(({ name }) => name === 'status')!.merge!(stored, body, env);
    expect(merged).toMatchObject({
      spec: stored.spec,
      status: { phase: 'Running' },
      metadata: { labels: { a: '2' }, resourceVersion: '7' },
    });
    expect(merged.spec.nodeName).toBeUndefined();
  });
});
