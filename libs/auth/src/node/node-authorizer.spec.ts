import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type SandboxId, sandboxId } from '#base';
import { encodeCanonical, type KubeObject, parseFieldSelector } from '#apimachinery';
import { builtInKinds, type Kind, storageKey } from '#kinds';
import { memoryStore, type Store } from '#storage';
import { type RbacAuthorizer, rbacAuthorizer } from '../rbac/rbac-authorizer.js';
import type { UserInfo } from '../user.js';

const ID = sandboxId('nodes') as SandboxId;
const NODE: UserInfo = { username: 'system:node:node01', groups: ['system:nodes', 'system:authenticated'] };
const NONE = "no relationship found between node 'node01' and this object";

let store: Store;
let authorizer: RbacAuthorizer;
beforeEach(async () => {
  store = memoryStore();
  await store.createSandbox(ID);
  await put('', 'pods', 'web', {
    spec: {
      nodeName: 'node01',
      serviceAccountName: 'bot',
      imagePullSecrets: [{ name: 'registry' }],
      containers: [
        {
          name: 'c',
          envFrom: [{ configMapRef: { name: 'settings' } }],
          env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
        },
      ],
      volumes: [
        { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
        { name: 'scratch', ephemeral: {} },
        { name: 'all', projected: { sources: [{ secret: { name: 'projected' } }] } },
      ],
      resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }],
    },
  });
  await put('', 'pods', 'other', {
    spec: { nodeName: 'node02', containers: [], imagePullSecrets: [{ name: 'theirs' }] },
  });
  await put('', 'pods', 'mirror', {
    metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } },
    spec: { nodeName: 'node01', containers: [], imagePullSecrets: [{ name: 'stolen' }] },
  });
  await put('', 'persistentvolumes', 'pv1', {
    spec: {
      claimRef: { namespace: 'default', name: 'data' },
      csi: { driver: 'd', volumeHandle: 'h', nodeStageSecretRef: { namespace: 'csi', name: 'stage' } },
    },
  });
  await put('storage.k8s.io', 'volumeattachments', 'va1', { spec: { nodeName: 'node01' } });
  authorizer = rbacAuthorizer(store, ID);
});
afterEach(async () => {
  authorizer.close();
  await store.close();
});

async function put(group: string, resource: string, name: string, object: object): Promise<void> {
  const kind = builtInKinds.preferred(group, resource) as Kind;
  const namespace = kind.namespaced ? 'default' : '';
  const { metadata = {} } = object as { metadata?: object };
  const whole = {
    apiVersion: 'v1',
    kind: kind.kind,
    ...object,
    metadata: { ...metadata, name, ...(namespace ? { namespace } : {}) },
  };
  const key = storageKey(kind, namespace, name);
  await store.commit(ID, [{ key, expected: 0, op: 'put', text: encodeCanonical(whole as KubeObject), facets: {} }]);
}

/** 'get secrets/default/db', 'list pods/default/ spec.nodeName=node01', 'create serviceaccounts/token/default/bot' */
async function ask(text: string, user = NODE): Promise<true | string> {
  const [verb = '', path = '', selector] = text.split(' ');
  const parts = path.split('/');
  const subresource = parts.length === 4 ? parts.splice(1, 1)[0]! : '';
  const [full = '', namespace = '', name = ''] = parts;
  const [resource = '', ...group] = full.split('.');
  const { allowed, reason } = await authorizer.authorize(user, {
    kind: 'resource',
    verb,
    group: group.join('.'),
    version: 'v1',
    resource,
    subresource,
    namespace,
    name,
    ...(selector ? { fieldSelector: parseFieldSelector(selector).requirements } : {}),
  });
  return allowed ? true : reason;
}

describe('a kubelet', () => {
  it.each<[string, true | string]>([
    ['get secrets/default/db', true],
    ['get secrets/default/registry', true],
    ['get secrets/default/projected', true],
    ['watch configmaps/default/settings', true],
    ['get secrets/default/theirs', NONE],
    ['get secrets/default/stolen', NONE],
    ['get secrets/kube-system/db', NONE],
    ['list secrets/default/', 'No Object name found'],
    ['list secrets//', 'can only read namespaced object of this type'],
    ['update secrets/default/db', 'can only read resources of this type'],
    ['get persistentvolumeclaims/default/data', true],
    ['get persistentvolumeclaims/default/web-scratch', true],
    ['list persistentvolumeclaims/default/data', 'can only get individual resources of this type'],
    ['patch persistentvolumeclaims/status/default/data', true],
    ['get persistentvolumes//pv1', true],
    ['get persistentvolumes//pv2', NONE],
    ['get secrets/csi/stage', true],
    ['get resourceclaims.resource.k8s.io/default/gpu', true],
    ['get volumeattachments.storage.k8s.io//va1', true],
    ['get volumeattachments.storage.k8s.io//va2', NONE],
    ['create serviceaccounts/token/default/bot', true],
    ['create serviceaccounts/token/default/default', NONE],
    ['create serviceaccounts/default/bot', 'can only create token subresource of serviceaccount'],
    ['update leases.coordination.k8s.io/kube-node-lease/node01', true],
    [
      'update leases.coordination.k8s.io/kube-node-lease/node02',
      'can only access node lease with the same name as the requesting node',
    ],
    [
      'get leases.coordination.k8s.io/default/node01',
      'can only access leases in the "kube-node-lease" system namespace',
    ],
    ['get csinodes.storage.k8s.io//node02', 'can only access CSINode with the same name as the requesting node'],
    ['get nodes//node01', true],
    ['get nodes//node02', "node 'node01' cannot read 'node02', only its own Node object"],
    ['list nodes//', "node 'node01' cannot read all nodes, only its own Node object"],
    ['patch nodes/status//node01', true],
    ['get pods/default/web', true],
    ['get pods/default/other', NONE],
    ['list pods// spec.nodeName=node01', true],
    ['list pods// spec.nodeName=node02', 'can only list/watch pods with spec.nodeName field selector'],
    ['list pods//', 'can only list/watch pods with spec.nodeName field selector'],
    ['create pods/eviction/default/web', true],
    ['delete nodes//node01', ''],
    ['get services/default/x', true],
    ['get deployments.apps/default/x', ''],
  ])('%s: %s', async (question, answer) => {
    expect(await ask(question)).toBe(answer);
  });

  it('loses what a pod named when the pod goes, and gains with a new one', async () => {
    expect(await ask('get secrets/default/db')).toBe(true);
    const { items } = await store.list(ID, { prefix: 'pods/default/web' });
    await store.commit(ID, [
      { key: 'pods/default/web', expected: items[0]!.revision, op: 'delete', text: '', facets: {} },
    ]);
    expect(await ask('get secrets/default/db')).toBe(NONE);
    expect(await ask('get secrets/csi/stage')).toBe(NONE);
    await put('', 'pods', 'new', {
      spec: { nodeName: 'node01', containers: [], imagePullSecrets: [{ name: 'theirs' }] },
    });
    expect(await ask('get secrets/default/theirs')).toBe(true);
  });

  it('is one only with the group of nodes', async () => {
    expect(await ask('get secrets/default/db', { ...NODE, groups: ['system:authenticated'] })).toBe('');
    expect(await ask('get secrets/default/db', { ...NODE, username: 'jane' })).toBe('');
    expect(await ask('get secrets/default/db', { ...NODE, username: 'system:node:' })).toBe(
      'unknown node for user "system:node:"',
    );
  });
});
