import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import {
  answering,
  cluster,
  configure,
  createPod,
  labelled,
  labelsOf,
  patchOf,
  reviews,
  server,
  useWebhooks,
} from './spec-webhooks.js';

useWebhooks();

describe('mutating webhooks', () => {
  it('change the object, which is decoded and defaulted again', async () => {
    answering(() =>
      patchOf(labelled('added'), {
        op: 'add',
        path: '/spec/containers/-',
        value: { name: 'side', image: 'busybox:1', nonsense: 1 },
      }),
    );
    await configure('mutating', 'all', {});
    const pod = (await createPod()).object() as KubeObject & { spec: { containers: object[] } };
    expect(pod.metadata.labels).toEqual({ app: 'web', added: 'x' });
    expect(pod.spec.containers[1]).toMatchObject({
      name: 'side',
      imagePullPolicy: 'IfNotPresent',
      terminationMessagePath: '/dev/termination-log',
    });
    expect(pod.spec.containers[1]).not.toHaveProperty('nonsense');
  });

  it('are called in the order of their configurations, each with what the one before made', async () => {
    answering(({ request }, path) =>
      patchOf(labelled('trail', `${request.object.metadata.labels?.['trail'] ?? ''}${path.slice(1)}`)),
    );
    await configure('mutating', 'b', { path: '/b1' }, { path: '/b2', name: 'second.example.com' });
    await configure('mutating', 'a', { path: '/a' });
    expect(labelsOf(await createPod())).toMatchObject({ trail: 'ab1b2' });
  });

  it('are called again when others changed the object after them, if they want', async () => {
    answering(({ request }, path) =>
      path === '/first'
        ? patchOf(labelled('seen', Object.keys(request.object.metadata.labels ?? {}).join('.')))
        : patchOf(labelled('late')),
    );
    await configure('mutating', 'a', { path: '/first', reinvocationPolicy: 'IfNeeded' });
    await configure('mutating', 'b', { path: '/late' });
    expect(labelsOf(await createPod())).toMatchObject({ seen: expect.stringContaining('late') });
    expect(server.received.map(({ path }) => path.split('?')[0])).toEqual(['/first', '/late', '/first']);
  });

  it('that keep changing the object end all the same', async () => {
    let calls = 0;
    answering(() => patchOf(labelled('n', String(++calls))));
    await configure(
      'mutating',
      'a',
      { reinvocationPolicy: 'IfNeeded' },
      { reinvocationPolicy: 'IfNeeded', name: 'b.example.com' },
    );
    await createPod();
    expect(calls).toBe(4);
  });

  it.each<[string, object, string]>([
    ['that fails', patchOf({ op: 'replace', path: '/spec/nowhere/x', value: 1 }), 'Internal error occurred: '],
    [
      'of the wrong type',
      patchOf({ op: 'add', path: '/spec/nodeName', value: 1 }),
      'cannot unmarshal number into Go struct field PodSpec.spec.nodeName of type string',
    ],
    ['of another kind', patchOf({ op: 'replace', path: '/kind', value: 'Service' }), 'may not change the kind'],
    ['without a type', { patch: patchOf().patch }, 'webhook returned response.patch but not response.patchType'],
    ['that is no patch', { patchType: 'JSONPatch', patch: 'eA==' }, 'received undecodable patch in webhook response'],
    [
      'of an unknown type',
      { patchType: 'Magic', patch: patchOf(labelled('x')).patch },
      'unsupported patch type "Magic"',
    ],
    [
      'that moves it to another namespace',
      patchOf({ op: 'add', path: '/metadata/namespace', value: 'kube-system' }),
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'that breaks a rule',
      patchOf({ op: 'replace', path: '/spec/containers', value: [] }),
      'spec.containers: Required value',
    ],
  ])('refuse a patch %s', async (_what, answer, message) => {
    answering(() => ({ ...answer }));
    await configure('mutating', 'all', {});
    await expect(createPod()).rejects.toThrow(message);
  });

  it('cannot change what is deleted', async () => {
    await createPod();
    answering(() => patchOf(labelled('x')));
    await configure('mutating', 'all', {});
    await expect(cluster.verbs.delete(cluster.ctx(), cluster.target('pods', 'web'), {})).rejects.toThrow(
      'attempted to modify the object, which is not supported for this operation',
    );
  });

  it('understand v1beta1, too', async () => {
    answering(() => ({ patch: patchOf(labelled('beta')).patch }));
    await configure('mutating', 'all', { admissionReviewVersions: ['v7', 'v1beta1'] });
    expect(labelsOf(await createPod())).toMatchObject({ beta: 'x' });
    expect(reviews()[0]?.apiVersion).toBe('admission.k8s.io/v1beta1');
  });

  it('scale what is shown to them as a Scale', async () => {
    answering(() => patchOf({ op: 'replace', path: '/spec/replicas', value: 2 }));
    await cluster.create(
      'deployments',
      {
        metadata: { name: 'web' },
        spec: {
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
        },
      },
      'apps',
    );
    await configure('mutating', 'all', {
      rules: [{ operations: ['UPDATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments/scale'] }],
    });
    const scale = cluster.target('deployments', 'web', { group: 'apps', subresource: 'scale' });
    const found = await cluster.verbs.patch(cluster.ctx(), scale, 'merge', { object: { spec: { replicas: 9 } } }, {});
    expect(found.object()).toMatchObject({ kind: 'Scale', spec: { replicas: 2 } });
    expect(reviews()[0]?.request).toMatchObject({
      kind: { group: 'autoscaling', kind: 'Scale' },
      object: { spec: { replicas: 9 } },
      oldObject: { spec: { replicas: 1 } },
    });
  });

  it('change what a token is asked for', async () => {
    answering(() => patchOf({ op: 'add', path: '/spec/expirationSeconds', value: 60 }));
    const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['serviceaccounts/token'] };
    await configure('mutating', 'all', { rules: [rule] });
    const target = cluster.target('serviceaccounts', 'default', { subresource: 'token' });
    await expect(cluster.verbs.create(cluster.ctx(), target, { object: { spec: {} } }, {})).rejects.toThrow(
      'spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
    );
    expect(reviews()[0]?.request).toMatchObject({
      name: 'default',
      kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
      subResource: 'token',
      options: { kind: 'CreateOptions' },
    });
  });
});
