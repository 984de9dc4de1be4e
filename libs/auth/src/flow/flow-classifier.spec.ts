import { beforeEach, describe, expect, it } from '@jest/globals';
import { type SandboxId, sandboxId } from '#base';
import { encodeCanonical, type KubeObject } from '#apimachinery';
import { bootstrapFlows, builtInKinds, type FlowSchema, storageKey } from '#kinds';
import { memoryStore, type Store } from '#storage';
import type { RequestAttributes, UserInfo } from '../user.js';
import { type FlowClassifier, flowClassifier } from './flow-classifier.js';

const SANDBOX = sandboxId('spec') as SandboxId;
const API = 'flowcontrol.apiserver.k8s.io/v1';

async function put(store: Store, object: KubeObject, op: 'put' | 'delete' = 'put'): Promise<void> {
  const kind = builtInKinds.all.find((one) => one.kind === object.kind && one.version === 'v1')!;
  const key = storageKey(kind, '', object.metadata.name!);
  const expected = (await store.get(SANDBOX, key))?.revision ?? 0;
  await store.commit(SANDBOX, [{ key, expected, op, text: encodeCanonical(object), facets: {} }]);
}

/** Its UID is its name with a letter for what it is, so that tables can name it. */
const withUid = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, uid: `${object.kind === 'FlowSchema' ? 'fs' : 'pl'}:${object.metadata.name}` },
});

const ask = (text: string): RequestAttributes => {
  const [verb = '', what = '', namespace = ''] = text.split(' ');
  if (what.startsWith('/')) return { kind: 'path', verb, path: what };
  const [qualified = '', subresource = ''] = what.split('/');
  const [resource = '', ...group] = qualified.split('.');
  return { kind: 'resource', verb, group: group.join('.'), version: 'v1', resource, subresource, namespace, name: '' };
};

const user = (username: string, ...groups: string[]): UserInfo => ({
  username,
  groups: [...groups, 'system:authenticated'],
});
const USERS: Readonly<Record<string, UserInfo>> = {
  admin: user('admin', 'system:masters'),
  jane: user('jane', 'devs'),
  kubelet: user('system:node:node01', 'system:nodes'),
  manager: user('system:kube-controller-manager'),
  app: user('system:serviceaccount:default:app', 'system:serviceaccounts', 'system:serviceaccounts:default'),
  coredns: user('system:serviceaccount:kube-system:coredns', 'system:serviceaccounts'),
  groupless: { username: 'nobody', groups: [] },
};

const aSchema = (name: string, precedence: number, rules: object, level = 'workload-low'): FlowSchema =>
  withUid({
    apiVersion: API,
    kind: 'FlowSchema',
    metadata: { name },
    ...{
      spec: {
        matchingPrecedence: precedence,
        priorityLevelConfiguration: { name: level },
        rules: [{ subjects: [{ kind: 'User', user: { name: 'jane' } }], ...rules }],
      },
    },
  }) as FlowSchema;
const resource = (more: object = {}) => ({
  resourceRules: [{ verbs: ['*'], apiGroups: [''], resources: ['pods'], namespaces: ['*'], ...more }],
});
const paths = (...nonResourceURLs: string[]) => ({ nonResourceRules: [{ verbs: ['get'], nonResourceURLs }] });

describe('flowClassifier', () => {
  let store: Store;
  let flows: FlowClassifier;
  const flowOf = async (who: UserInfo, text: string) => {
    await flows.ready();
    const { schemaUid, levelUid, exempt } = flows.classify(who, ask(text));
    return `${schemaUid} ${levelUid}${exempt ? ' exempt' : ''}`;
  };

  beforeEach(async () => {
    store = memoryStore();
    await store.createSandbox(SANDBOX);
    for (const object of bootstrapFlows('2026-01-01T00:00:00Z')) await put(store, withUid(object));
    flows = flowClassifier(store, SANDBOX);
  });

  it.each([
    ['admin', 'delete pods default', 'fs:exempt pl:exempt exempt'],
    ['admin', 'get /metrics', 'fs:exempt pl:exempt exempt'],
    ['jane', 'get /healthz', 'fs:probes pl:exempt exempt'],
    ['jane', 'get /readyz/ping', 'fs:probes pl:exempt exempt'],
    ['jane', 'get /readyzed', 'fs:global-default pl:global-default'],
    ['jane', 'list pods default', 'fs:global-default pl:global-default'],
    ['kubelet', 'update nodes/status', 'fs:system-node-high pl:node-high'],
    ['kubelet', 'update leases.coordination.k8s.io kube-node-lease', 'fs:system-node-high pl:node-high'],
    ['kubelet', 'list pods', 'fs:system-nodes pl:system'],
    ['manager', 'update leases.coordination.k8s.io kube-system', 'fs:system-leader-election pl:leader-election'],
    ['manager', 'watch leases.coordination.k8s.io kube-system', 'fs:kube-controller-manager pl:workload-high'],
    ['coredns', 'list services', 'fs:kube-system-service-accounts pl:workload-high'],
    ['coredns', 'update configmaps kube-system', 'fs:workload-leader-election pl:leader-election'],
    ['app', 'list pods default', 'fs:service-accounts pl:workload-low'],
    ['groupless', 'list pods default', 'fs:catch-all pl:catch-all'],
  ])('%s: %s → %s', async (who, text, expected) => {
    expect(await flowOf(USERS[who]!, text)).toBe(expected);
    // The second time it is remembered.
    expect(await flowOf(USERS[who]!, text)).toBe(expected);
  });

  it.each([
    ['its verb', resource({ verbs: ['list'] }), 'list pods default', 'get pods default'],
    ['its group', resource(), 'list pods default', 'list pods.metrics.k8s.io default'],
    ['its namespace', resource({ namespaces: ['default'] }), 'list pods default', 'list pods other'],
    ['all namespaces', resource({ clusterScope: true }), 'list pods', 'list nodes'],
    ['a namespace alone', resource(), 'list pods default', 'list pods'],
    [
      'a subresource',
      resource({ resources: ['pods/eviction'] }),
      'create pods/eviction default',
      'create pods default',
    ],
    ['a path', paths('/version'), 'get /version', 'get /versions'],
    ['what is below a path', paths('/openapi/*'), 'get /openapi/v2', 'get /openapi'],
    ['a path that ends in a slash', paths('/logs/'), 'get /logs/a', 'get /log'],
  ])('keeps a schema to %s', async (_what, rules, inside, outside) => {
    await put(store, aSchema('mine', 500, rules));
    expect(await flowOf(USERS['jane']!, inside)).toBe('fs:mine pl:workload-low');
    expect(await flowOf(USERS['jane']!, outside)).toBe('fs:global-default pl:global-default');
    expect(await flowOf(USERS['manager']!, inside)).not.toContain('fs:mine');
  });

  it.each([
    ['any user', { kind: 'User', user: { name: '*' } }, true],
    ['any group', { kind: 'Group', group: { name: '*' } }, true],
    ['her group', { kind: 'Group', group: { name: 'devs' } }, true],
    [
      'any account of a namespace',
      { kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: 'default' } },
      false,
    ],
    ['nobody known', { kind: 'Robot' }, false],
  ])('takes %s for a subject', async (_who, subject, isJane) => {
    await put(store, aSchema('mine', 500, { ...resource(), subjects: [subject] }));
    expect((await flowOf(USERS['jane']!, 'list pods default')).startsWith('fs:mine')).toBe(isJane);
  });

  it('tries by precedence, then name, and sees changes at once', async () => {
    const jane = USERS['jane']!;
    await put(store, aSchema('b', 500, resource()));
    expect(await flowOf(jane, 'list pods default')).toContain('fs:b');
    await put(store, aSchema('a', 500, resource()));
    expect(await flowOf(jane, 'list pods default')).toContain('fs:a');
    await put(store, aSchema('z', 499, resource()));
    expect(await flowOf(jane, 'list pods default')).toContain('fs:z');
    await put(store, aSchema('z', 499, resource()), 'delete');
    expect(await flowOf(jane, 'list pods default')).toContain('fs:a');
  });

  it('leaves a schema out while its level is not there', async () => {
    await put(store, aSchema('mine', 500, resource(), 'later'));
    expect(await flowOf(USERS['jane']!, 'list pods default')).toContain('fs:global-default');
    const level = { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } };
    await put(
      store,
      withUid({ apiVersion: API, kind: 'PriorityLevelConfiguration', metadata: { name: 'later' }, ...{ spec: level } }),
    );
    expect(await flowOf(USERS['jane']!, 'list pods default')).toBe('fs:mine pl:later');
  });

  it('has the mandatory ones even when somebody deletes them', async () => {
    for (const object of bootstrapFlows('2026-01-01T00:00:00Z')) await put(store, object, 'delete');
    expect(await flowOf(USERS['admin']!, 'list pods')).toBe('  exempt');
    expect(await flowOf(USERS['jane']!, 'list pods')).toBe(' ');
  });

  it('forgets, however much a user asks for', async () => {
    for (let i = 0; i < 2_000; i++) {
      expect(await flowOf(USERS['jane']!, `get /x${i}${'y'.repeat(i % 400)}`)).toContain('fs:global-default');
    }
  });

  it('reads anew after close', async () => {
    expect(await flowOf(USERS['jane']!, 'list pods default')).toContain('fs:global-default');
    flows.close();
    await put(store, aSchema('mine', 500, resource()));
    expect(await flowOf(USERS['jane']!, 'list pods default')).toContain('fs:mine');
  });
});
