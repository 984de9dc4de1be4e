import { describe, expect, it } from '@jest/globals';
import { ACCOUNT, admit, aPod, refusalOf } from '../spec-admit.js';

const range = (limits: object[], name = 'limits') => ({
  kind: 'LimitRange',
  metadata: { name, namespace: 'default' },
  spec: { limits },
});
const container = (name: string, requests?: object, limits?: object) => ({
  name,
  image: 'nginx',
  ...(requests || limits ? { resources: { ...(requests ? { requests } : {}), ...(limits ? { limits } : {}) } } : {}),
});
const RUNTIME = { kind: 'RuntimeClass', metadata: { name: 'r' }, overhead: { podFixed: { cpu: '5' } } };
const forbidden = (text: string) => `pods "web" is forbidden: ${text}`;

describe('LimitRanger', () => {
  it('gives containers what they do not say, and notes it', async () => {
    const limits = range([
      { type: 'Container', default: { cpu: '500m', memory: '1Gi' }, defaultRequest: { cpu: '100m', memory: '1Gi' } },
    ]);
    const object = aPod({
      containers: [container('a'), container('b', { cpu: '1' }, { cpu: '1' })],
      initContainers: [container('i', undefined, { memory: '2Gi' })],
    });
    const pod = (await admit({ object }, [ACCOUNT, limits])) as unknown as {
      metadata: { annotations: object };
      spec: { containers: object[]; initContainers: object[] };
    };
    expect(pod.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu, memory request for container a; cpu, memory limit for container a; memory request ' +
        'for container b; memory limit for container b; cpu, memory request for init container i; cpu limit for init container i',
    });
    expect(pod.spec.containers).toMatchObject([
      { resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '100m', memory: '1Gi' } } },
      { resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } } },
    ]);
    expect(pod.spec.initContainers).toMatchObject([
      { resources: { limits: { cpu: '500m', memory: '2Gi' }, requests: { cpu: '100m', memory: '1Gi' } } },
    ]);
  });

  it.each<[string, object[], object, string | undefined]>([
    [
      'over the maximum',
      [{ type: 'Container', max: { cpu: '500m' } }],
      { containers: [container('a', { cpu: '1' }, { cpu: '1' })] },
      'maximum cpu usage per Container is 500m, but limit is 1',
    ],
    [
      'no limit',
      [{ type: 'Container', max: { cpu: '500m' } }],
      {},
      'maximum cpu usage per Container is 500m.  No limit is specified',
    ],
    [
      'under two minimums',
      [{ type: 'Container', min: { cpu: '1', memory: '1Gi' } }],
      { containers: [container('a', { cpu: '100m' })] },
      '[minimum cpu usage per Container is 1, but request is 100m, minimum memory usage per Container is 1Gi.  No request is specified]',
    ],
    [
      'a ratio',
      [{ type: 'Container', maxLimitRequestRatio: { cpu: '2' } }],
      { containers: [container('a', { cpu: '300m' }, { cpu: '1' })] },
      'cpu max limit to request ratio per Container is 2, but provided ratio is 3.333333',
    ],
    [
      'a ratio that is met',
      [{ type: 'Container', maxLimitRequestRatio: { cpu: '2' } }],
      { containers: [container('a', { cpu: '500m' }, { cpu: '1' })] },
      undefined,
    ],
    [
      'the sum of the pod',
      [{ type: 'Pod', max: { cpu: '1' } }],
      {
        containers: [
          container('a', { cpu: '600m' }, { cpu: '600m' }),
          container('b', { cpu: '600m' }, { cpu: '600m' }),
        ],
      },
      'maximum cpu usage per Pod is 1, but limit is 1200m',
    ],
    [
      'a sum that fits, overhead left out',
      [{ type: 'Pod', max: { cpu: '1' } }],
      { containers: [container('a', { cpu: '1' }, { cpu: '1' })], overhead: { cpu: '5' }, runtimeClassName: 'r' },
      undefined,
    ],
  ])('answers %s', async (_what, limits, spec, expected) => {
    const refused = await refusalOf({ object: aPod(spec) }, [ACCOUNT, RUNTIME, range(limits)]);
    expect(refused).toBe(expected === undefined ? undefined : forbidden(expected));
  });

  const claim = (storage: string) => ({
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data' },
    spec: { resources: { requests: { storage } } },
  });
  it.each([
    ['1Gi', 'minimum storage usage per PersistentVolumeClaim is 2Gi, but request is 1Gi'],
    ['9Gi', 'maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 9Gi'],
    ['3Gi', undefined],
  ])('looks at claims of %s', async (storage, expected) => {
    const limits = range([{ type: 'PersistentVolumeClaim', min: { storage: '2Gi' }, max: { storage: '5Gi' } }]);
    const refused = await refusalOf({ resource: 'persistentvolumeclaims', object: claim(storage) }, [limits]);
    expect(refused).toBe(expected && `persistentvolumeclaims "data" is forbidden: ${expected}`);
  });

  it('leaves updates of pods alone, but looks at their resizes', async () => {
    const object = aPod({ containers: [container('a', { cpu: '2' }, { cpu: '2' })] });
    const world = [ACCOUNT, range([{ type: 'Container', max: { cpu: '1' } }])];
    const update = { operation: 'UPDATE', object, old: object } as const;
    expect(await refusalOf(update, world)).toBeUndefined();
    expect(await refusalOf({ ...update, subresource: 'resize' }, world)).toBe(
      forbidden('maximum cpu usage per Container is 1, but limit is 2'),
    );
  });
});
