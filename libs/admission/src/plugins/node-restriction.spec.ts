import { describe, expect, it } from '@jest/globals';
import { aPod, type Case, KUBELET, refusalOf } from '../spec-admit.js';

const OWNER = { apiVersion: 'v1', kind: 'Node', name: 'node01', uid: 'u', controller: true };
const NODE = { kind: 'Node', metadata: { name: 'node01', uid: 'u' } };
const mirror = (spec: object = {}, metadata: object = {}) =>
  aPod(
    { nodeName: 'node01', ...spec },
    { annotations: { 'kubernetes.io/config.mirror': 'x' }, ownerReferences: [OWNER], ...metadata },
  );
const node = (labels: Record<string, string>, spec: object = {}) => ({ metadata: { name: 'node01', labels }, spec });
const ask = (wish: Case, world: object[] = [NODE]) => refusalOf({ user: KUBELET, ...wish }, world);
const pods = (text: string) => `pods "web" is forbidden: ${text}`;
const nodes = (text: string) => `nodes "node01" is forbidden: ${text}`;

/** openssl req -new -subj /O=system:nodes/CN=system:node:node01 */
const NODE01_REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIdk1JR1dBZ0VBTURReEZUQVRCZ05WQkFvTURITjVjM1JsYlRw' +
  'dWIyUmxjekViTUJrR0ExVUVBd3dTYzNsegpkR1Z0T201dlpHVTZibTlrWlRBeE1Ga3dFd1lIS29aSXpqMENBUVlJS29aSXpqMERB' +
  'UWNEUWdBRStqYkxVN0FmClNIREZkKzlaUmF3UmpHaTFETnB3QzY3N0xMTWR6TDZIQU1RMGZhUkkwMkdCUTd1aDd1Ylk5U2ZiK0lr' +
  'NjIwL1AKajRLUkQyY2JkOUk2QTZBQU1Bb0dDQ3FHU000OUJBTUNBMGdBTUVVQ0lRQ1dyMWdYMlEydlFnUkdlRDBvVTVMdApyUUhP' +
  'QzIyTHlFMElzNE9IOFpydXd3SWdIc01GMDkyNnVGdGkySVR2a3V4TmY4UVk4S0hQczZveTYxSEJYcC9UCnluTT0KLS0tLS1FTkQg' +
  'Q0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';
const NODE02_REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIdk1JR1dBZ0VBTURReEZUQVRCZ05WQkFvTURITjVjM1JsYlRw' +
  'dWIyUmxjekViTUJrR0ExVUVBd3dTYzNsegpkR1Z0T201dlpHVTZibTlrWlRBeU1Ga3dFd1lIS29aSXpqMENBUVlJS29aSXpqMERB' +
  'UWNEUWdBRUpsZGh4eDVQCkIwcVVIVXBNK3BrMTFtVzFURXNWZklpSksxOGZxd2tiTmVsRnl3T25rWEZSNjhKL0tjWnlQWDhhaGVS' +
  'bG1uRS8KRGZrVzZNOHlMUk96bktBQU1Bb0dDQ3FHU000OUJBTUNBMGdBTUVVQ0lFTTFONHl3b0FKQUVRYW5SNFNkanB1agpHL25Z' +
  'VCtNM1BpaG5NNkMrQXZkVkFpRUFpYnBlZVRzZEM2QkROS1ZZVmNmV2w3SWI5dUQrOHVLcG51Lzl3WjFGCmdYVT0KLS0tLS1FTkQg' +
  'Q0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';
const projected = (audience?: string) => ({
  name: 'token',
  projected: { sources: [{ serviceAccountToken: { path: 'token', ...(audience ? { audience } : {}) } }] },
});
const claim = (name: string) => ({
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: { volumeName: 'pv' },
});
const tokenFor = (audiences: string[]): Case => ({
  resource: 'serviceaccounts',
  subresource: 'token',
  name: 'default',
  object: {
    metadata: {},
    spec: { audiences, boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'mine', uid: 'm' } },
  },
});

describe('NodeRestriction', () => {
  it.each<[string, object, string | undefined]>([
    ['its own', mirror(), undefined],
    [
      'no owner',
      mirror({}, { ownerReferences: [] }),
      'node "node01" can only create pods with an owner reference set to itself',
    ],
    [
      'two owners',
      mirror({}, { ownerReferences: [OWNER, OWNER] }),
      'node "node01" can only create pods with a single owner reference set to itself',
    ],
    [
      'a stale owner',
      mirror({}, { ownerReferences: [{ ...OWNER, uid: 'old' }] }),
      'node node01 UID mismatch: expected old got u',
    ],
    [
      'a secret',
      mirror({ containers: [{ name: 'c', envFrom: [{ secretRef: { name: 's' } }] }] }),
      'node "node01" can not create pods that reference secrets',
    ],
    [
      'a config map',
      mirror({ volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: 'm' } }] } }] }),
      'node "node01" can not create pods that reference configmaps',
    ],
    [
      'a claim',
      mirror({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'd' } }] }),
      'node "node01" can not create pods that reference persistentvolumeclaims',
    ],
  ])('of mirror pods with %s', async (_what, object, why) => {
    expect(await ask({ object })).toBe(why && pods(why));
  });

  const labelled = { 'node-restriction.kubernetes.io/x': 'y' };
  it.each<[string, Partial<Case>, string | undefined]>([
    ['registers with what describes it', { object: node({ 'kubernetes.io/os': 'linux', 'a.io/x': 'y' }) }, undefined],
    [
      'registers with a role',
      { object: node({ 'node-role.kubernetes.io/x': '', ...labelled }) },
      'node "node01" is not allowed to set the following labels: node-restriction.kubernetes.io/x, node-role.kubernetes.io/x',
    ],
    [
      'labels itself',
      { operation: 'UPDATE', object: node(labelled), old: node({}) },
      'is not allowed to modify labels: node-restriction.kubernetes.io/x',
    ],
    [
      'takes a label away',
      { operation: 'UPDATE', subresource: 'status', object: node({}), old: node(labelled) },
      'is not allowed to modify labels: node-restriction.kubernetes.io/x',
    ],
    ['keeps a label', { operation: 'UPDATE', object: node(labelled), old: node(labelled) }, undefined],
    [
      'drops a taint',
      { operation: 'UPDATE', object: node({}), old: node({}, { taints: [{ key: 'a', effect: 'NoSchedule' }] }) },
      'node "node01" is not allowed to modify taints',
    ],
  ])('a node %s', async (_what, wish, why) => {
    expect(await ask({ resource: 'nodes', name: 'node01', ...wish })).toBe(why && nodes(why));
  });

  it.each<[string, Case, string | undefined]>([
    [
      'labels through status',
      { operation: 'UPDATE', subresource: 'status', object: mirror({}, { labels: { a: 'b' } }), old: mirror() },
      pods('node "node01" cannot update labels through pod status'),
    ],
    [
      "another's pod",
      { operation: 'DELETE', name: 'web', old: aPod({ nodeName: 'node02' }) },
      pods('node "node01" can only delete pods with spec.nodeName set to itself'),
    ],
    [
      'an update of a pod',
      { operation: 'UPDATE', object: mirror(), old: mirror() },
      pods('unexpected operation "UPDATE", node "node01" can only create and delete mirror pods'),
    ],
    [
      'an eviction elsewhere',
      { subresource: 'eviction', name: 'other', object: { metadata: { name: 'other' } } },
      'pods "other" is forbidden: node node01 can only evict pods with spec.nodeName set to itself',
    ],
    [
      'an eviction of its own',
      { subresource: 'eviction', name: 'mine', object: { metadata: { name: 'mine' } } },
      undefined,
    ],
    [
      'a CSINode',
      { group: 'storage.k8s.io', resource: 'csinodes', object: { metadata: { name: 'node02' } } },
      'csinodes.storage.k8s.io "node02" is forbidden: can only access CSINode with the same name as the requesting node',
    ],
    [
      'a token for nobody',
      { resource: 'serviceaccounts', subresource: 'token', name: 'default', object: { metadata: {}, spec: {} } },
      'serviceaccounts "default" is forbidden: node requested token not bound to a pod',
    ],
    [
      "a token of another node's pod",
      {
        resource: 'serviceaccounts',
        subresource: 'token',
        name: 'default',
        object: { metadata: {}, spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'other', uid: 'o' } } },
      },
      'serviceaccounts "default" is forbidden: node requested token bound to a pod scheduled on a different node',
    ],
    [
      'a token of its own pod',
      {
        resource: 'serviceaccounts',
        subresource: 'token',
        name: 'default',
        object: { metadata: {}, spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'mine', uid: 'm' } } },
      },
      undefined,
    ],
  ])('%s', async (_what, wish, expected) => {
    const world = [
      NODE,
      aPod({ nodeName: 'node02' }, { name: 'other', namespace: 'default', uid: 'o' }),
      aPod({ nodeName: 'node01', volumes: [projected()] }, { name: 'mine', namespace: 'default', uid: 'm' }),
    ];
    expect(await ask(wish, world)).toBe(expected);
  });

  const notFound = (audience: string) =>
    `serviceaccounts "default" is forbidden: audience "${audience}" not found in pod spec volume, system:node:node01 is not authorized to request tokens for this audience`;
  it.each<[string, string[], object[], string | undefined]>([
    ['that the pod mounts', ['vault'], [projected('vault')], undefined],
    ['of the API server, which it does not mount', [], [projected('vault')], notFound('')],
    ['of somebody else', ['vault'], [projected()], notFound('vault')],
    [
      'two at once',
      ['a', 'b'],
      [projected('a')],
      'serviceaccounts "default" is forbidden: node may only request 0 or 1 audiences',
    ],
    ['of a driver', ['disk'], [{ name: 'v', csi: { driver: 'd.io' } }], undefined],
    ['of a driver behind a claim', ['disk'], [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }], undefined],
    ['of a driver behind a claim of its own', ['disk'], [{ name: 'e', ephemeral: {} }], undefined],
    ['that the driver does not ask for', ['x'], [{ name: 'v', csi: { driver: 'd.io' } }], notFound('x')],
    [
      'of a claim that is not there',
      ['disk'],
      [{ name: 'v', persistentVolumeClaim: { claimName: 'no' } }],
      notFound('disk'),
    ],
  ])('a token for the audience %s', async (_what, audiences, volumes, expected) => {
    const world = [
      NODE,
      aPod({ nodeName: 'node01', volumes }, { name: 'mine', namespace: 'default', uid: 'm' }),
      { kind: 'CSIDriver', metadata: { name: 'd.io' }, spec: { tokenRequests: [{ audience: 'disk' }] } },
      claim('c'),
      claim('mine-e'),
      { kind: 'PersistentVolume', metadata: { name: 'pv' }, spec: { csi: { driver: 'd.io' } } },
    ];
    expect(await ask(tokenFor(audiences), world)).toBe(expected);
  });

  it('a token for any audience that RBAC gives the node', async () => {
    const world = [NODE, aPod({ nodeName: 'node01' }, { name: 'mine', namespace: 'default', uid: 'm' })];
    const may: Case['may'] = (user, asked) =>
      user.username === 'system:node:node01' &&
      asked.kind === 'resource' &&
      asked.verb === 'request-serviceaccounts-token-audience' &&
      asked.resource === 'registry.io' &&
      asked.name === 'default';
    expect(await ask({ ...tokenFor(['registry.io']), may }, world)).toBeUndefined();
    expect(await ask({ ...tokenFor(['other.io']), may }, world)).toBe(notFound('other.io'));
  });

  it.each([
    ['kubernetes.io/kubelet-serving', NODE01_REQUEST, undefined],
    [
      'kubernetes.io/kube-apiserver-client-kubelet',
      NODE02_REQUEST,
      'can only create a node CSR with CN=system:node:node01',
    ],
    ['kubernetes.io/kubelet-serving', 'eA==', 'unable to parse csr: PEM block type must be CERTIFICATE REQUEST'],
    ['example.com/own', NODE02_REQUEST, undefined],
  ])('a request to %s', async (signerName, request, why) => {
    const object = { metadata: { name: 'r' }, spec: { signerName, request, usages: ['client auth'] } };
    const wish = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests', object };
    const expected = why && `certificatesigningrequests.certificates.k8s.io "r" is forbidden: ${why}`;
    expect(await ask(wish)).toBe(expected);
  });
});

describe('ServiceAccount', () => {
  const account = {
    kind: 'ServiceAccount',
    metadata: {
      name: 'default',
      namespace: 'default',
      annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' },
    },
    secrets: [{ name: 'lent' }],
  };
  const c = (more: object) => ({ containers: [{ name: 'c', image: 'a', ...more }] });
  const fromKey = (name: string) => ({ env: [{ name: 'E', valueFrom: { secretKeyRef: { name, key: 'k' } } }] });
  const tail = 'is not allowed because service account default does not reference that';
  it.each<[object, string | undefined]>([
    [{ volumes: [{ name: 'v', secret: { secretName: 'lent' } }] }, undefined],
    [{ volumes: [{ name: 'v', secret: { secretName: 'x' } }] }, `volume with secret.secretName="x" ${tail} secret`],
    [c(fromKey('x')), `container c with envVar E referencing secret.secretName="x" ${tail} secret`],
    [c(fromKey('lent')), undefined],
    [
      c({ envFrom: [{ secretRef: { name: 'x' } }] }),
      `container c with envFrom referencing secret.secretName="x" ${tail} secret`,
    ],
    [{ imagePullSecrets: [{ name: 'x' }] }, `imagePullSecrets[0].name="x" ${tail} imagePullSecret`],
  ])('lends no more than it lists: %j', async (spec, why) => {
    expect(await refusalOf({ object: aPod(spec) }, [account])).toBe(why && pods(why));
  });
});
