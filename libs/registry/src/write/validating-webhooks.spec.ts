import { describe, expect, it } from '@jest/globals';
import { encodeCanonical } from '#apimachinery';
import {
  type AdmissionReview,
  answering,
  aWebPod,
  cluster,
  configure,
  createPod,
  GROUP,
  hookOf,
  patchOf,
  POD_RULE,
  reviews,
  server,
  useWebhooks,
  type Wish,
} from './spec-webhooks.js';

useWebhooks();

/** Written before v1 asked for webhooks without side effects: no longer to be created, still to be served. */
async function storeNoisy(): Promise<void> {
  const noisy = hookOf({ name: 'noisy.example.com', sideEffects: 'Some' });
  const object = {
    apiVersion: `${GROUP}/v1`,
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'noisy' },
    webhooks: [noisy],
  };
  const key = `validatingwebhookconfigurations.${GROUP}//noisy`;
  await cluster.store.commit(cluster.env.id, [
    { key, expected: 0, op: 'put', text: encodeCanonical(object), facets: {} },
  ]);
}

describe('validating webhooks', () => {
  it('see the whole request', async () => {
    answering(() => ({}));
    await configure('validating', 'all', {});
    await createPod();
    const [body] = reviews();
    expect(server.received[0]?.path).toBe('/?timeout=5s');
    expect(body).toMatchObject({
      kind: 'AdmissionReview',
      apiVersion: 'admission.k8s.io/v1',
      request: {
        kind: { group: '', version: 'v1', kind: 'Pod' },
        resource: { group: '', version: 'v1', resource: 'pods' },
        requestKind: { group: '', version: 'v1', kind: 'Pod' },
        requestResource: { group: '', version: 'v1', resource: 'pods' },
        name: 'web',
        namespace: 'default',
        operation: 'CREATE',
        userInfo: { username: 'admin', groups: ['system:masters'] },
        object: { kind: 'Pod', metadata: { name: 'web', uid: expect.any(String) } },
        oldObject: null,
        dryRun: false,
        options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
      },
    });
    expect(body?.request).not.toHaveProperty('subResource');
  });

  it.each<[string, Record<string, unknown>, { code: number; reason: string; message: string }]>([
    [
      'a message',
      { status: { message: 'no' } },
      { code: 400, reason: '', message: 'admission webhook "hook.example.com" denied the request: no' },
    ],
    [
      'a reason alone',
      { status: { reason: 'Tired' } },
      { code: 400, reason: 'Tired', message: 'admission webhook "hook.example.com" denied the request: Tired' },
    ],
    [
      'a code',
      { status: { message: 'no', code: 403, reason: 'Forbidden' } },
      { code: 403, reason: 'Forbidden', message: 'admission webhook "hook.example.com" denied the request: no' },
    ],
    [
      'nothing',
      {},
      { code: 400, reason: '', message: 'admission webhook "hook.example.com" denied the request without explanation' },
    ],
    [
      'a code of success',
      { status: { code: 200, status: 'Success' } },
      { code: 400, reason: '', message: 'admission webhook "hook.example.com" denied the request without explanation' },
    ],
  ])('refuse with %s', async (_what, status, refusal) => {
    answering(() => ({ allowed: false, ...status }));
    await configure('validating', 'all', {});
    await expect(createPod()).rejects.toMatchObject(refusal);
  });

  it.each<[string, Partial<AdmissionReview> & object, string]>([
    ['no response', {}, 'received invalid webhook response: webhook response was absent'],
    ['another uid', { response: { uid: 'x', allowed: true } } as object as AdmissionReview, 'got "x"'],
    [
      'another version',
      { apiVersion: 'admission.k8s.io/v2', response: 1 } as object as AdmissionReview,
      'webhook response was absent',
    ],
  ])('must give an answer that can be understood, not %s', async (_what, json, message) => {
    server.reply = () => ({ json });
    await configure('validating', 'all', {});
    await expect(createPod()).rejects.toThrow(`Internal error occurred: failed calling webhook "hook.example.com": `);
    await expect(createPod()).rejects.toThrow(message);
  });

  it.each([
    ['a patch', patchOf(), 'validating webhook may not return response.patch'],
    ['a patch type', { patchType: 'JSONPatch' }, 'validating webhook may not return response.patchType'],
  ])('may not answer with %s', async (_what, more, message) => {
    answering(() => more);
    await configure('validating', 'all', {});
    await expect(createPod()).rejects.toThrow(`received invalid webhook response: ${message}`);
  });

  it.each([
    ['Fail', 500],
    ['Ignore', undefined],
  ])('that fail: failurePolicy %s', async (failurePolicy, code) => {
    server.reply = () => ({ code: 500, raw: 'boom', headers: { 'content-type': 'text/plain' } });
    await configure('validating', 'all', { failurePolicy });
    const created = createPod();
    if (!code) {
      expect((await created).object().metadata.name).toBe('web');
      return;
    }
    await expect(created).rejects.toMatchObject({
      code,
      reason: 'InternalError',
      message:
        'Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook: an error on the server ("boom") has prevented the request from succeeding',
    });
  });

  it('of a service that is not there fail as upstream', async () => {
    await configure('validating', 'all', {
      clientConfig: { service: { name: 'gone', namespace: 'default', path: '/v' } },
    });
    await expect(createPod()).rejects.toThrow(
      'failed calling webhook "hook.example.com": failed to call webhook: Post "https://gone.default.svc:443/v?timeout=5s": service "gone" not found',
    );
  });

  it('pass on warnings and audit annotations', async () => {
    answering(() => ({ warnings: ['careful'], auditAnnotations: { why: 'because' } }));
    await configure('validating', 'all', {});
    const annotations: string[] = [];
    const ctx = {
      ...cluster.ctx(),
      annotate: (key: string, value: string) => void annotations.push(`${key}=${value}`),
    };
    await cluster.verbs.create(ctx, cluster.target('pods'), { object: aWebPod() }, {});
    expect(cluster.warnings).toEqual(['careful']);
    expect(annotations).toContain('hook.example.com/why=because');
  });

  it('are not called in a dry run when they have side effects', async () => {
    answering(() => ({}));
    await configure('validating', 'all', {});
    const dryRun = () =>
      cluster.verbs.create(cluster.ctx(), cluster.target('pods'), { object: aWebPod() }, { dryRun: true });
    await dryRun();
    expect(reviews()[0]?.request).toMatchObject({ dryRun: true, options: { dryRun: ['All'] } });
    await storeNoisy();
    await expect(dryRun()).rejects.toMatchObject({
      code: 400,
      message: 'admission webhook "noisy.example.com" does not support dry run',
    });
  });

  it('see what is deleted and cannot be shown another old object', async () => {
    answering(() => ({}));
    await createPod();
    await configure('validating', 'all', {});
    const forged = { ...aWebPod(), metadata: { name: 'web', namespace: 'default', labels: { app: 'forged' } } };
    await cluster.verbs.update(
      cluster.ctx(),
      cluster.target('pods', 'web'),
      {
        object: {
          ...forged,
          spec: (await cluster.verbs.get(cluster.ctx(), cluster.target('pods', 'web'))).object()['spec' as never],
        },
      },
      {},
    );
    await cluster.verbs.delete(cluster.ctx(), cluster.target('pods', 'web'), {
      gracePeriodSeconds: 0,
      propagationPolicy: 'Background',
    });
    const [updated, deleted] = reviews();
    expect(updated?.request).toMatchObject({
      operation: 'UPDATE',
      object: { metadata: { labels: { app: 'forged' } } },
      oldObject: { metadata: { labels: { app: 'web' } } },
    });
    expect(deleted?.request).toMatchObject({
      operation: 'DELETE',
      object: null,
      oldObject: { metadata: { labels: { app: 'forged' } } },
      options: { kind: 'DeleteOptions', gracePeriodSeconds: 0, propagationPolicy: 'Background' },
    });
  });

  it.each<[string, Wish, boolean]>([
    ['another resource', { rules: [{ ...POD_RULE, resources: ['services'] }] }, false],
    ['another operation', { rules: [{ ...POD_RULE, operations: ['DELETE'] }] }, false],
    ['every resource', { rules: [{ ...POD_RULE, apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }] }, true],
    ['resources alone', { rules: [{ ...POD_RULE, resources: ['*'] }] }, true],
    ['a subresource', { rules: [{ ...POD_RULE, resources: ['pods/status'] }] }, false],
    ['scope Cluster', { rules: [{ ...POD_RULE, scope: 'Cluster' }] }, false],
    ['scope Namespaced', { rules: [{ ...POD_RULE, scope: 'Namespaced' }] }, true],
    ['the namespace', { namespaceSelector: { matchLabels: { team: 'blue' } } }, true],
    ['another namespace', { namespaceSelector: { matchLabels: { team: 'red' } } }, false],
    ['the object', { objectSelector: { matchLabels: { app: 'web' } } }, true],
    ['another object', { objectSelector: { matchLabels: { app: 'db' } } }, false],
  ])('are chosen by %s', async (_what, wish, called) => {
    answering(() => ({}));
    await configure('validating', 'all', wish);
    await createPod();
    expect(server.received).toHaveLength(called ? 1 : 0);
  });

  it('get the version that they ask for', async () => {
    answering(() => ({}));
    const rules = [
      { operations: ['*'], apiGroups: ['autoscaling'], apiVersions: ['v2'], resources: ['horizontalpodautoscalers'] },
    ];
    await configure('validating', 'equivalent', { rules });
    await configure('validating', 'exact', { rules, matchPolicy: 'Exact', name: 'exact.example.com' });
    const target = {
      kind: cluster.ctx().kinds.byResource('autoscaling', 'v1', 'horizontalpodautoscalers')!,
      namespace: 'default',
    };
    const object = {
      metadata: { name: 'web' },
      spec: {
        maxReplicas: 3,
        targetCPUUtilizationPercentage: 50,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      },
    };
    await cluster.verbs.create(cluster.ctx(), target, { object }, {});
    expect(reviews()).toHaveLength(1);
    expect(reviews()[0]?.request).toMatchObject({
      kind: { group: 'autoscaling', version: 'v2' },
      requestKind: { group: 'autoscaling', version: 'v1' },
      object: { apiVersion: 'autoscaling/v2', spec: { metrics: [{ resource: { name: 'cpu' } }] } },
    });
  });

  it('never stand in the way of webhook configurations', async () => {
    answering(() => ({ allowed: false }));
    await configure('validating', 'wall', {
      rules: [{ ...POD_RULE, apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }],
    });
    await configure('validating', 'second', {});
    await cluster.verbs.delete(
      cluster.ctx(),
      cluster.target('validatingwebhookconfigurations', 'wall', { group: GROUP }),
      {},
    );
    expect(server.received).toEqual([]);
  });

  it('see the bodies of subresources', async () => {
    answering(() => ({}));
    await createPod();
    await configure('validating', 'all', { rules: [{ ...POD_RULE, resources: ['pods/*'] }] });
    const binding = { metadata: { name: 'web' }, target: { kind: 'Node', name: 'node01' } };
    await cluster.verbs.create(
      cluster.ctx(),
      cluster.target('pods', 'web', { subresource: 'binding' }),
      { object: binding },
      {},
    );
    expect(reviews()[0]?.request).toMatchObject({
      operation: 'CREATE',
      kind: { kind: 'Binding' },
      subResource: 'binding',
      requestSubResource: 'binding',
      object: { kind: 'Binding', target: { name: 'node01' } },
      oldObject: null,
    });
  });

  it('are told no name when a collection is deleted', async () => {
    answering(() => ({}));
    await createPod();
    await configure('validating', 'all', { rules: [{ ...POD_RULE, operations: ['DELETE'] }] });
    await cluster.verbs.deleteCollection(cluster.ctx(), cluster.target('pods'), {});
    const { request } = reviews()[0]!;
    expect(request).not.toHaveProperty('name');
    expect(request).toMatchObject({ operation: 'DELETE', namespace: 'default', object: null });
    expect(request.oldObject.metadata.name).toBe('web');
  });

  it('see evictions, and not the deletion that follows', async () => {
    answering(() => ({}));
    await createPod();
    await configure('validating', 'all', { rules: [{ ...POD_RULE, resources: ['pods', 'pods/eviction'] }] });
    const target = cluster.target('pods', 'web', { subresource: 'eviction' });
    await cluster.verbs.create(cluster.ctx(), target, { object: { metadata: { name: 'web' } } }, {});
    expect(reviews().map(({ request }) => [request['operation'], request['kind'], request['subResource']])).toEqual([
      ['CREATE', { group: 'policy', version: 'v1', kind: 'Eviction' }, 'eviction'],
    ]);
  });

  it('see a Scale where one is written', async () => {
    answering(() => ({}));
    const labels = { app: 'web' };
    const template = { metadata: { labels }, spec: aWebPod().spec };
    await cluster.create(
      'deployments',
      { metadata: { name: 'web' }, spec: { selector: { matchLabels: labels }, template } },
      'apps',
    );
    const rule = { operations: ['*'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['*/scale'] };
    await configure('validating', 'all', { rules: [rule] });
    const target = cluster.target('deployments', 'web', { group: 'apps', subresource: 'scale' });
    await cluster.verbs.patch(cluster.ctx(), target, 'merge', { object: { spec: { replicas: 3 } } }, {});
    expect(reviews()[0]!.request).toMatchObject({
      operation: 'UPDATE',
      kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      resource: { group: 'apps', resource: 'deployments' },
      subResource: 'scale',
      object: { kind: 'Scale', spec: { replicas: 3 } },
      oldObject: { kind: 'Scale', spec: { replicas: 1 } },
      options: { kind: 'UpdateOptions' },
    });
  });

  it('see the older way to bind once, and a dry run of it binds nothing', async () => {
    answering(() => ({}));
    await createPod();
    await configure('validating', 'all', { rules: [{ ...POD_RULE, resources: ['bindings', 'pods/binding'] }] });
    const object = { metadata: { name: 'web' }, target: { kind: 'Node', name: 'node01' } };
    await cluster.verbs.create(cluster.ctx(), cluster.target('bindings'), { object }, { dryRun: true });
    expect(reviews().map(({ request }) => [request['resource'], request['dryRun']])).toEqual([
      [{ group: '', version: 'v1', resource: 'bindings' }, true],
    ]);
    const pod = (await cluster.verbs.get(cluster.ctx(), cluster.target('pods', 'web'))).object();
    expect(pod).not.toHaveProperty('spec.nodeName');
  });
});
