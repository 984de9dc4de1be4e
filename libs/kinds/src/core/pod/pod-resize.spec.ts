import { describe, expect, it } from '@jest/globals';
import type { Container, Pod, PodSpec, PodStatus } from '../../generated/types.js';
import { podKind } from './pod.kind.js';

const resize = podKind.subresources.find(({ name }) => name === 'resize')!;

const c = (resources: Container['resources'] = {}, more: Partial<Container> = {}): Container => ({
  name: 'c',
  image: 'nginx',
  resources,
  ...more,
});

function aPod(spec: PodSpec, more: Partial<Pod> = {}): Pod {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    ...more,
    metadata: { name: 'web', namespace: 'default', ...more.metadata },
    spec: structuredClone(spec),
  };
  podKind.applyDefaults!(pod);
  return pod;
}

/** What becomes of `old` when `now` is sent, and why it is refused. */
function resized(now: PodSpec, before: PodSpec, more: Partial<Pod> = {}): { pod: Pod; errors: string[] } {
  const old = aPod(before, more);
  const pod = resize.merge!(old, aPod(now), undefined as never) as Pod;
  const errors = resize.validateUpdate!(pod, old, undefined as never);
  return { pod, errors: errors.map(({ field, detail }) => `${field}: ${detail}`) };
}

const one = (resources: Container['resources'], more: Partial<Container> = {}): PodSpec => ({
  containers: [c(resources, more)],
});
const cpu = (requests: string, limits?: string) => ({
  requests: { cpu: requests },
  ...(limits ? { limits: { cpu: limits } } : {}),
});
const whole = (resources: PodSpec['resources']): PodSpec => ({
  containers: [c()],
  ...(resources ? { resources } : {}),
});

describe('resize', () => {
  it.each([
    ['requests of a container', one(cpu('2')), one(cpu('1')), { requests: { cpu: '2' } }],
    ['limits beside', one(cpu('1', '4')), one(cpu('1', '2')), { requests: { cpu: '1' }, limits: { cpu: '4' } }],
  ] as const)('changes %s', (_what, now, before, resources) => {
    const { pod, errors } = resized(now, before);
    expect(errors).toEqual([]);
    expect(pod.spec.containers[0]!.resources).toEqual(resources);
  });

  it('changes what the pod has as a whole', () => {
    const { pod, errors } = resized(whole(cpu('2', '4')), whole(cpu('1', '2')));
    expect(errors).toEqual([]);
    expect(pod.spec.resources).toEqual({ requests: { cpu: '2' }, limits: { cpu: '4' } });
  });

  it('drops whatever else is sent', () => {
    const { pod } = resized({ ...one(cpu('2'), { image: 'other' }), hostname: 'x' }, one(cpu('1')));
    expect(pod.spec.containers[0]!.image).toBe('nginx');
    expect(pod.spec.hostname).toBeUndefined();
  });

  const sidecar = (resources: Container['resources'], restartPolicy?: string): PodSpec => ({
    containers: [c()],
    initContainers: [{ ...c(resources), name: 'i', ...(restartPolicy ? { restartPolicy } : {}) }],
  });
  const running = (resources?: object): PodStatus => ({
    containerStatuses: [
      {
        ...{ name: 'c', image: '', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
        ...(resources ? { resources } : {}),
      },
    ],
  });

  it.each([
    [
      'what was asked for goes',
      one({ requests: { cpu: '1' } }),
      one({ requests: { cpu: '1', memory: '1' } }),
      {},
      'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ],
    [
      'a limit goes',
      one(cpu('1')),
      one(cpu('1', '2')),
      {},
      'spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed',
    ],
    [
      'a limit of the pod goes',
      whole(cpu('1')),
      whole(cpu('1', '2')),
      {},
      'spec.resources.limits: Forbidden: resource limits cannot be removed',
    ],
    [
      'another resource changes',
      one({ requests: { cpu: '1', 'ephemeral-storage': '1' } }),
      one(cpu('1')),
      {},
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
    [
      'the policy changes',
      one(cpu('1'), { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }),
      one(cpu('1')),
      {},
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
    [
      'a sidecar gets another resource',
      sidecar({ requests: { 'ephemeral-storage': '1' } }, 'Always'),
      sidecar({}, 'Always'),
      {},
      'spec: Forbidden: only cpu and memory resources for sidecar containers are mutable',
    ],
    [
      'an init container changes',
      sidecar(cpu('2')),
      sidecar(cpu('1')),
      {},
      'spec: Forbidden: resources for non-sidecar init containers are immutable',
    ],
    [
      'the class changes',
      one({ requests: { cpu: '1', memory: '1' }, limits: { cpu: '1', memory: '1' } }),
      one(cpu('1')),
      { status: { qosClass: 'Burstable' } },
      'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
    ],
    [
      'a container comes',
      { containers: [c(cpu('1')), { ...c(), name: 'd' }] },
      one(cpu('1')),
      {},
      'spec.containers: Forbidden: containers may not be added or removed on resize',
    ],
    [
      'containers are renamed',
      one(cpu('1'), { name: 'd' }),
      one(cpu('1')),
      {},
      'spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize',
    ],
    [
      'the node cannot',
      one(cpu('2')),
      one(cpu('1')),
      { status: running() },
      'spec: Forbidden: Pod running on node without support for resize',
    ],
    [
      'the pod is static',
      one(cpu('2')),
      one(cpu('1')),
      { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } as unknown as Pod['metadata'] },
      ': Forbidden: static pods cannot be resized',
    ],
    [
      'it runs on windows',
      one(cpu('2')),
      { ...one(cpu('1')), os: { name: 'windows' } },
      {},
      ': Forbidden: windows pods cannot be resized',
    ],
  ] as [string, PodSpec, PodSpec, Partial<Pod>, string][])('refuses when %s', (_what, now, before, more, error) => {
    expect(resized(now, before, more).errors).toContain(error);
  });

  it('takes a node that reports resources', () => {
    expect(resized(one(cpu('2')), one(cpu('1')), { status: running({}) }).errors).toEqual([]);
  });
});
