import { beforeEach, describe, expect, it } from '@jest/globals';
import { type SandboxId, sandboxId } from '#base';
import { encodeCanonical, type KubeObject } from '#apimachinery';
import { builtInKinds, storageKey } from '#kinds';
import { memoryStore, type Store } from '#storage';
import { bootstrapPolicy } from '../policy/bootstrap-policy.js';
import type { RequestAttributes, UserInfo } from '../user.js';
import { type RbacAuthorizer, rbacAuthorizer } from './rbac-authorizer.js';

const SANDBOX = sandboxId('spec') as SandboxId;
const RBAC = { apiGroup: 'rbac.authorization.k8s.io' };

async function put(store: Store, object: KubeObject, op: 'put' | 'delete' = 'put'): Promise<void> {
  const [group, version] = object.apiVersion.split('/') as [string, string];
  const kind = builtInKinds.byKind({ group, version, kind: object.kind })!;
  const key = storageKey(kind, object.metadata.namespace ?? '', object.metadata.name!);
  const expected = (await store.get(SANDBOX, key))?.revision ?? 0;
  await store.commit(SANDBOX, [{ key, expected, op, text: encodeCanonical(object), facets: {} }]);
}

function aBinding(namespace: string, role: { kind: string; name: string }, ...subjects: object[]): KubeObject {
  const kind = namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding';
  const metadata = { name: `${role.name}-of-${subjects.length}`, ...(namespace === '' ? {} : { namespace }) };
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata, ...{ roleRef: { ...RBAC, ...role }, subjects } };
}

const jane: UserInfo = { username: 'jane', groups: ['devs', 'system:authenticated'] };
const ask = (text: string): RequestAttributes => {
  const [verb = '', what = '', namespace = ''] = text.split(' ');
  if (what.startsWith('/')) return { kind: 'path', verb, path: what };
  const [groupResource = '', name = ''] = what.split(':');
  const [qualified = '', subresource = ''] = groupResource.split('/');
  const [resource = '', ...group] = qualified.split('.');
  return { kind: 'resource', verb, group: group.join('.'), version: 'v1', resource, subresource, namespace, name };
};

describe('rbacAuthorizer', () => {
  let store: Store;
  let authorizer: RbacAuthorizer;
  const may = async (user: UserInfo, text: string) => (await authorizer.authorize(user, ask(text))).allowed;

  beforeEach(async () => {
    store = memoryStore();
    await store.createSandbox(SANDBOX);
    for (const object of bootstrapPolicy()) await put(store, object);
    authorizer = rbacAuthorizer(store, SANDBOX);
  });

  it.each([
    ['system:masters', 'delete nodes:a', true],
    ['system:authenticated', 'get /api/v1', true],
    ['system:authenticated', 'create selfsubjectaccessreviews.authorization.k8s.io', true],
    ['system:authenticated', 'list pods default', false],
    ['system:unauthenticated', 'get /version', true],
    ['system:unauthenticated', 'get /api', false],
    ['system:monitoring', 'get /metrics', true],
    ['nobody', 'get /metrics', false],
  ])('group %s: %s → %s', async (group, text, allowed) => {
    expect(await may({ username: 'x', groups: [group] }, text)).toBe(allowed);
  });

  it.each([
    ['system:kube-scheduler', 'create pods/binding:web default', true],
    ['system:kube-scheduler', 'delete nodes:a', false],
    ['system:serviceaccount:kube-system:deployment-controller', 'update deployments.apps/status:web default', true],
    ['system:serviceaccount:kube-system:deployment-controller', 'create pods default', false],
    ['system:serviceaccount:other:deployment-controller', 'update deployments.apps/status:web default', false],
    ['system:serviceaccount:kube-system:generic-garbage-collector', 'delete widgets.example.com:a default', true],
  ])('%s: %s → %s', async (username, text, allowed) => {
    expect(await may({ username, groups: [] }, text)).toBe(allowed);
  });

  it('lets kubelets do what nodes do, by both name and group', async () => {
    const kubelet = { username: 'system:node:node01', groups: ['system:nodes', 'system:authenticated'] };
    expect(await may(kubelet, 'patch nodes/status:node01')).toBe(true);
    expect(await may(kubelet, 'delete nodes:node01')).toBe(false);
    expect(await may({ ...kubelet, groups: [] }, 'patch nodes/status:node01')).toBe(false);
  });

  it('keeps a role binding to its namespace and sees changes at once', async () => {
    expect(await may(jane, 'list pods default')).toBe(false);
    const binding = aBinding(
      'default',
      { kind: 'ClusterRole', name: 'view' },
      { kind: 'Group', name: 'devs', ...RBAC },
    );
    await put(store, binding);
    expect(await authorizer.authorize(jane, ask('list pods default'))).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "view-of-1/default" of ClusterRole "view" to Group "devs"',
    });
    expect(await may(jane, 'list pods other')).toBe(false);
    expect(await may(jane, 'list secrets default')).toBe(false);
    await put(store, binding, 'delete');
    expect(await may(jane, 'list pods default')).toBe(false);
  });

  it('keeps a rule to the names it gives, in whatever order they are asked for', async () => {
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'one', namespace: 'default' },
    };
    const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'] }];
    await put(store, { ...role, ...{ rules } });
    await put(store, aBinding('default', { kind: 'Role', name: 'one' }, { kind: 'User', name: 'jane', ...RBAC }));
    for (const [name, allowed] of [
      ['b', false],
      ['a', true],
      ['b', false],
      ['', false],
    ] as const) {
      expect(await may(jane, `get configmaps:${name} default`)).toBe(allowed);
    }
  });

  it('names the role that a binding misses', async () => {
    await put(store, aBinding('default', { kind: 'Role', name: 'gone' }, { kind: 'User', name: 'jane', ...RBAC }));
    expect(await authorizer.authorize(jane, ask('list pods default'))).toEqual({
      allowed: false,
      reason: 'RBAC: role.rbac.authorization.k8s.io "gone" not found',
    });
    expect(await authorizer.rulesOf(jane, 'default')).toMatchObject({
      incomplete: false,
      evaluationError: 'role.rbac.authorization.k8s.io "gone" not found',
    });
    const kubelet = { username: 'system:node:node01', groups: ['system:nodes'] };
    expect(await authorizer.rulesOf(kubelet, 'default')).toEqual({
      rules: [],
      incomplete: true,
      evaluationError: 'node authorizer does not support user rule resolution',
      missingRoles: '',
    });
  });

  it('reads the policy anew after close', async () => {
    expect(await may(jane, 'list pods default')).toBe(false);
    authorizer.close();
    await put(store, aBinding('', { kind: 'ClusterRole', name: 'view' }, { kind: 'User', name: 'jane', ...RBAC }));
    expect(await may(jane, 'list pods default')).toBe(true);
  });
});
