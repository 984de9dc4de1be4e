import { beforeEach, describe, expect, it } from '@jest/globals';
import { admissionChain, plugins } from '#admission';
import { bootstrapPolicy, createAuthenticator, createSandboxCredentials, rbacAuthorizer, type UserInfo } from '#auth';
import type { Json, KubeObject } from '#apimachinery';
import { memoryStore } from '#storage';
import { FakeClock } from '#testing';
import { ADMIN, aSpecCluster, type SpecCluster } from '../spec-cluster.js';
import { readsOf } from '../write/admit.js';
import { ParsedObjects } from '../read/parsed-objects.js';
import { Published } from '../read/published.js';

/** All of it would be most of these specs' time. */
const POLICY = new Set(['cluster-admin', 'admin', 'view', 'system:basic-user']);
const AUTHN = 'authentication.k8s.io';
const AUTHZ = 'authorization.k8s.io';
const JANE: UserInfo = { username: 'jane', groups: ['system:authenticated'] };

type Answer = KubeObject & { status: Record<string, Json> };

describe('reviews', () => {
  let cluster: SpecCluster;
  const post = async (user: UserInfo, group: string, resource: string, spec: object, more = {}): Promise<Answer> => {
    const found = await cluster.verbs.create(
      cluster.ctx(user),
      cluster.target(resource, undefined, { group, ...more }),
      { object: { spec } },
      {},
    );
    expect(JSON.parse(found.text)).toEqual(found.object());
    return found.object() as Answer;
  };

  beforeEach(async () => {
    const store = memoryStore();
    const authorizers = new Map<string, ReturnType<typeof rbacAuthorizer>>();
    const credentials = await createSandboxCredentials(new FakeClock().nowMs());
    const authorizerOf = (id: Parameters<typeof rbacAuthorizer>[1]) => {
      const known = authorizers.get(id) ?? rbacAuthorizer(store, id);
      authorizers.set(id, known);
      return known;
    };
    cluster = await aSpecCluster({
      store,
      admission: admissionChain(plugins),
      authorizerOf,
      authenticatorOf: (id) =>
        createAuthenticator({
          credentials,
          clock: cluster.clock,
          realClock: cluster.clock,
          authorizer: authorizerOf(id),
          reads: readsOf(
            { store, parsed: new ParsedObjects(), published: new Published(), authorizerOf, clock: cluster.clock },
            id,
          ),
        }),
    });
    for (const name of ['default', 'kube-system']) await cluster.create('namespaces', { metadata: { name } });
    for (const object of bootstrapPolicy().filter(({ metadata }) => POLICY.has(metadata.name ?? ''))) {
      await cluster.create(`${object.kind.toLowerCase()}s`, object, 'rbac.authorization.k8s.io');
    }
    await cluster.create('serviceaccounts', { metadata: { name: 'default' } });
    await cluster.create(
      'rolebindings',
      {
        metadata: { name: 'jane' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }],
      },
      'rbac.authorization.k8s.io',
    );
  });

  it('tell who asks', async () => {
    const answer = await post(JANE, AUTHN, 'selfsubjectreviews', {});
    expect(answer.status).toEqual({ userInfo: { username: 'jane', groups: ['system:authenticated'] } });
  });

  it.each([
    ['list', 'pods', 'default', true],
    ['delete', 'pods', 'default', false],
    ['list', 'pods', 'kube-system', false],
  ])('tell whether jane may %s %s in %s', async (verb, resource, namespace, allowed) => {
    const spec = { resourceAttributes: { verb, resource, namespace } };
    expect((await post(JANE, AUTHZ, 'selfsubjectaccessreviews', spec)).status).toMatchObject({ allowed });
    const asked = { ...spec, user: 'jane' };
    expect((await post(ADMIN, AUTHZ, 'subjectaccessreviews', asked)).status).toMatchObject({ allowed });
    const local = post(ADMIN, AUTHZ, 'localsubjectaccessreviews', asked, { namespace });
    expect((await local).status).toMatchObject({ allowed });
  });

  it('are questions that not everybody may ask', async () => {
    const spec = { user: 'x', resourceAttributes: { verb: 'get', resource: 'pods' } };
    await expect(post(JANE, AUTHZ, 'subjectaccessreviews', spec)).rejects.toMatchObject({
      code: 403,
      message:
        'subjectaccessreviews.authorization.k8s.io is forbidden: User "jane" cannot create resource "subjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope',
    });
  });

  it.each([
    [{}, 'exactly one of nonResourceAttributes or resourceAttributes must be specified'],
    [
      { resourceAttributes: {}, nonResourceAttributes: {} },
      'cannot be specified in combination with resourceAttributes',
    ],
    [
      { resourceAttributes: { fieldSelector: {} } },
      'when spec.resourceAttributes.fieldSelector is specified, requirements or rawSelector is required',
    ],
    [
      {
        resourceAttributes: { fieldSelector: { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'Exists' }] } },
      },
      'may not specified at the same time as requirements',
    ],
    [
      { resourceAttributes: { labelSelector: { requirements: [{ key: 'a', operator: 'In' }] } } },
      "must be specified when `operator` is 'In' or 'NotIn'",
    ],
  ])('refuse %j', async (spec, message) => {
    await expect(post(JANE, AUTHZ, 'selfsubjectaccessreviews', spec)).rejects.toMatchObject({
      code: 422,
      message: expect.stringContaining(message),
    });
  });

  it('are questions without a name', async () => {
    const object = { metadata: { name: 'x' }, spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } };
    const target = cluster.target('selfsubjectaccessreviews', undefined, { group: AUTHZ });
    await expect(cluster.verbs.create(cluster.ctx(JANE), target, { object }, {})).rejects.toMatchObject({
      code: 422,
      message: expect.stringMatching(/metadata: Invalid value: \{.*"name":"x".*\}: must be empty$/),
    });
  });

  it('tell a kubelet of the pods that it may list', async () => {
    const node = { user: 'system:node:node01', groups: ['system:nodes'] };
    const ask = async (fieldSelector?: object) => {
      const resourceAttributes = { verb: 'list', resource: 'pods', ...(fieldSelector ? { fieldSelector } : {}) };
      return (await post(ADMIN, AUTHZ, 'subjectaccessreviews', { ...node, resourceAttributes })).status;
    };
    expect(await ask({ rawSelector: 'spec.nodeName=node01' })).toEqual({ allowed: true });
    const requirements = [{ key: 'spec.nodeName', operator: 'In', values: ['node01'] }];
    expect(await ask({ requirements })).toEqual({ allowed: true });
    expect(await ask({ rawSelector: 'a,,b' })).toMatchObject({
      allowed: false,
      evaluationError: expect.stringContaining('fieldSelector'),
    });
    expect(await ask()).toEqual({
      allowed: false,
      reason: 'can only list/watch pods with spec.nodeName field selector',
    });
  });

  it.each([
    [{ fieldSelector: { rawSelector: 'a,,b' } }, 'spec.resourceAttributes.fieldSelector ignored due to parse error'],
    [
      { fieldSelector: { requirements: [{ key: 'a', operator: 'Exists' }] } },
      'spec.resourceAttributes.fieldSelector ignored due to parse error',
    ],
    [
      {
        fieldSelector: {
          requirements: [
            { key: 'a', operator: 'In', values: ['b', 'c'] },
            { key: 'a', operator: 'NotIn', values: ['b'] },
          ],
        },
        labelSelector: { rawSelector: 'a in (' },
      },
      'spec.resourceAttributes.fieldSelector partially ignored due to parse error; spec.resourceAttributes.labelSelector ignored due to parse error',
    ],
    [
      {
        labelSelector: {
          requirements: [
            { key: 'app', operator: 'Exists' },
            { key: 'a b', operator: 'Exists' },
          ],
        },
      },
      'spec.resourceAttributes.labelSelector partially ignored due to parse error',
    ],
    [{ labelSelector: { rawSelector: 'app=web' }, fieldSelector: { rawSelector: 'a=b' } }, undefined],
  ])('tell what of %j could not be read', async (selectors, evaluationError) => {
    const resourceAttributes = { verb: 'list', resource: 'pods', namespace: 'default', ...selectors };
    const { status } = await post(JANE, AUTHZ, 'selfsubjectaccessreviews', { resourceAttributes });
    expect(status['allowed']).toBe(true);
    expect(status['evaluationError']).toBe(evaluationError);
  });

  it('list the rules that hold', async () => {
    const { status } = await post(JANE, AUTHZ, 'selfsubjectrulesreviews', { namespace: 'default' });
    expect(status).toMatchObject({ incomplete: false });
    expect(status['resourceRules']).toContainEqual({
      verbs: ['get', 'list', 'watch'],
      apiGroups: [''],
      resources: ['namespaces'],
    });
  });

  it('refuse with the sentence of upstream', async () => {
    const nodes = cluster.verbs.list(cluster.ctx(JANE), cluster.target('nodes'), {});
    await expect(nodes).rejects.toMatchObject({
      message: 'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
    });
    const namespace = cluster.verbs.delete(cluster.ctx(JANE), cluster.target('namespaces', 'default'), {});
    await expect(namespace).rejects.toMatchObject({
      message:
        'namespaces "default" is forbidden: User "jane" cannot delete resource "namespaces" in API group "" in the namespace "default"',
    });
  });

  it('let nobody give away what they do not hold', async () => {
    const group = 'rbac.authorization.k8s.io';
    const ref = (name: string) => ({ apiGroup: group, kind: 'ClusterRole', name });
    const subjects = [{ kind: 'User', name: 'jane', apiGroup: group }];
    await cluster.create('rolebindings', { metadata: { name: 'admin' }, roleRef: ref('admin'), subjects }, group);
    const bind = (name: string, roleRef: object) =>
      cluster.verbs.create(
        cluster.ctx(JANE),
        cluster.target('rolebindings', undefined, { group }),
        { object: { metadata: { name }, roleRef, subjects } },
        {},
      );
    await bind('viewer', ref('view'));
    await expect(bind('root', ref('cluster-admin'))).rejects.toMatchObject({
      code: 403,
      message:
        'rolebindings.rbac.authorization.k8s.io "root" is forbidden: user "jane" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n' +
        '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}',
    });
    await expect(bind('none', ref('none'))).rejects.toMatchObject({ code: 404 });
    const role = { metadata: { name: 'r' }, rules: [{ verbs: ['get'], apiGroups: [''], resources: ['nodes'] }] };
    const target = cluster.target('roles', undefined, { group });
    const made = cluster.verbs.create(cluster.ctx(JANE), target, { object: role }, {});
    await expect(made).rejects.toMatchObject({ message: expect.stringContaining('Resources:["nodes"]') });
  });

  describe('of tokens', () => {
    const request = (spec: object, name = 'default') =>
      cluster.verbs
        .create(
          cluster.ctx(),
          { ...cluster.target('serviceaccounts', name), subresource: 'token' },
          { object: { spec } },
          {},
        )
        .then((found) => found.object() as Answer);

    it('know what they issued while its account is there', async () => {
      const { status } = await request({ expirationSeconds: 600 });
      const review = () => post(ADMIN, AUTHN, 'tokenreviews', { token: status['token'] as string });
      expect((await review()).status).toMatchObject({
        authenticated: true,
        user: { username: 'system:serviceaccount:default:default' },
        audiences: ['https://kubernetes.default.svc.cluster.local'],
      });
      await cluster.clock.advance(661_000);
      expect((await review()).status).toMatchObject({
        user: {},
        error: expect.stringMatching(/^\[invalid bearer token, /),
      });
    });

    it('bind to a pod of that account', async () => {
      await cluster.create('pods', { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x' }] } });
      const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'p' };
      const { status } = await request({ boundObjectRef });
      const review = () => post(ADMIN, AUTHN, 'tokenreviews', { token: status['token'] as string });
      expect((await review()).status).toMatchObject({ authenticated: true });
      await cluster.verbs.delete(cluster.ctx(), cluster.target('pods', 'p'), {});
      expect((await review()).status).toMatchObject({
        error: '[invalid bearer token, service account token has been invalidated]',
      });
    });

    it.each([
      [{ expirationSeconds: 5 }, 'default', 422, 'may not specify a duration less than 10 minutes'],
      [{}, 'none', 404, 'serviceaccounts "none" not found'],
      [{ boundObjectRef: { kind: 'Pod', name: 'x' } }, 'default', 404, 'pods "x" not found'],
      [{ boundObjectRef: { kind: 'ConfigMap', name: 'x' } }, 'default', 400, 'cannot bind token to object of type'],
    ])('refuse %j of %s', async (spec, name, code, message) => {
      await expect(request(spec, name)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    });
  });
});
