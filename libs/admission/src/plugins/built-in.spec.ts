import { describe, expect, it } from '@jest/globals';
import { ACCOUNT, admit, aPod, type Case, refusalOf } from '../spec-admit.js';
import { plugins } from '../plugins.js';

const forbidden = (text: string) => `pods "web" is forbidden: ${text}`;
const at = (seconds: number) => `2026-01-01T00:00:0${seconds}Z`;

describe('the default set', () => {
  it('is that of kube-apiserver, and NodeRestriction as kubeadm turns it on', () => {
    const off = plugins.filter(({ defaultOff }) => defaultOff).map(({ name }) => name);
    expect(off.toSorted()).toEqual([
      'AlwaysPullImages',
      'DenyServiceExternalIPs',
      'ExtendedResourceToleration',
      'LimitPodHardAntiAffinityTopology',
      'NamespaceExists',
      'OwnerReferencesPermissionEnforcement',
    ]);
    expect(plugins.at(-1)?.name).toBe('ResourceQuota');
    expect(new Set(plugins.map(({ name }) => name)).size).toBe(plugins.length);
  });
});

describe('RuntimeClass', () => {
  const gvisor = {
    kind: 'RuntimeClass',
    metadata: { name: 'gvisor' },
    overhead: { podFixed: { cpu: '100m' } },
    scheduling: {
      nodeSelector: { runtime: 'gvisor' },
      tolerations: [
        { key: 'gvisor', operator: 'Exists' },
        { key: 'a', operator: 'Exists', effect: 'NoSchedule' },
      ],
    },
  };
  const world = [ACCOUNT, gvisor];

  it('gives a pod what its class costs and where it runs', async () => {
    const object = aPod({
      runtimeClassName: 'gvisor',
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'a', operator: 'Equal', value: 'x', effect: 'NoSchedule' }],
    });
    const { spec } = (await admit({ object }, world)) as unknown as { spec: Record<string, unknown> };
    expect(spec['overhead']).toEqual({ cpu: '100m' });
    expect(spec['nodeSelector']).toEqual({ disk: 'ssd', runtime: 'gvisor' });
    expect(spec['tolerations']).toEqual(
      expect.arrayContaining([
        { key: 'gvisor', operator: 'Exists' },
        { key: 'a', operator: 'Exists', effect: 'NoSchedule' },
      ]),
    );
    expect(spec['tolerations']).not.toContainEqual(expect.objectContaining({ value: 'x' }));
  });

  it.each<[string, object, string]>([
    ['an unknown class', { runtimeClassName: 'kata' }, 'pod rejected: RuntimeClass "kata" not found'],
    [
      'an overhead of its own',
      { runtimeClassName: 'gvisor', overhead: { cpu: '1' } },
      "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    ],
    [
      'an overhead without a class',
      { overhead: { cpu: '1' } },
      'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    ],
    [
      'another place',
      { runtimeClassName: 'gvisor', nodeSelector: { runtime: 'runc' } },
      'conflict: runtimeClass.scheduling.nodeSelector[runtime] = gvisor; pod.spec.nodeSelector[runtime] = runc',
    ],
  ])('refuses %s', async (_what, spec, why) => {
    expect(await refusalOf({ object: aPod(spec) }, world)).toBe(forbidden(why));
  });
});

describe('default classes', () => {
  const marked = (kind: string, key: string, name: string, created: number) => ({
    kind,
    metadata: { name, creationTimestamp: at(created), annotations: { [key]: 'true' } },
  });
  const storage = (name: string, created: number) =>
    marked('StorageClass', 'storageclass.kubernetes.io/is-default-class', name, created);
  const claim = (spec: object, annotations?: object) => ({
    metadata: { name: 'c', ...(annotations ? { annotations } : {}) },
    spec,
  });
  const classOf = async (object: object, world: object[]) =>
    ((await admit({ resource: 'persistentvolumeclaims', object }, world)) as { spec?: { storageClassName?: string } })
      .spec?.storageClassName;

  it('are the newest, and the first by name', async () => {
    expect(await classOf(claim({}), [storage('old', 1), storage('b', 2), storage('a', 2)])).toBe('a');
    expect(await classOf(claim({}), [])).toBeUndefined();
    expect(await classOf(claim({ storageClassName: '' }), [storage('a', 1)])).toBe('');
    const legacy = claim({}, { 'volume.beta.kubernetes.io/storage-class': 'x' });
    expect(await classOf(legacy, [storage('a', 1)])).toBeUndefined();
  });

  it('are given to ingresses', async () => {
    const nginx = marked('IngressClass', 'ingressclass.kubernetes.io/is-default-class', 'nginx', 1);
    const wish = { group: 'networking.k8s.io', resource: 'ingresses', object: { metadata: { name: 'i' }, spec: {} } };
    expect((await admit(wish, [nginx])).spec).toEqual({ ingressClassName: 'nginx' });
    const chosen = { ...wish, object: { metadata: { name: 'i' }, spec: { ingressClassName: 'own' } } };
    expect((await admit(chosen, [nginx])).spec).toEqual({ ingressClassName: 'own' });
  });
});

describe('claims and volumes', () => {
  it.each([
    ['persistentvolumeclaims', 'kubernetes.io/pvc-protection'],
    ['persistentvolumes', 'kubernetes.io/pv-protection'],
  ])('%s are protected', async (resource, finalizer) => {
    expect((await admit({ resource, object: { metadata: { name: 'x' } } })).metadata.finalizers).toEqual([finalizer]);
  });

  const sized = (storage: string, phase = 'Bound', storageClassName = 'gold') => ({
    metadata: { name: 'c' },
    spec: { storageClassName, resources: { requests: { storage } } },
    status: { phase },
  });
  const gold = { kind: 'StorageClass', metadata: { name: 'gold' }, allowVolumeExpansion: true };
  const rigid = { kind: 'StorageClass', metadata: { name: 'gold' } };
  it.each<[object, object, object[], string | undefined]>([
    [sized('1Gi'), sized('2Gi'), [gold], undefined],
    [sized('2Gi'), sized('2Gi'), [], undefined],
    [sized('1Gi', 'Pending'), sized('2Gi'), [gold], 'Only bound persistent volume claims can be expanded'],
    [
      sized('1Gi'),
      sized('2Gi'),
      [rigid],
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    ],
  ])('grow where they may: %j → %j', async (old, object, world, why) => {
    const refused = await refusalOf({ resource: 'persistentvolumeclaims', operation: 'UPDATE', object, old }, world);
    expect(refused).toBe(why && `persistentvolumeclaims "c" is forbidden: ${why}`);
  });
});

describe('certificates', () => {
  const csr = (signerName: string, status: object = {}) => ({
    metadata: { name: 'c' },
    spec: { signerName, request: '' },
    status,
  });
  const of = (subresource: string, more: Partial<Case>): Case => ({
    group: 'certificates.k8s.io',
    resource: 'certificatesigningrequests',
    operation: 'UPDATE',
    subresource,
    ...more,
  });
  const head = 'certificatesigningrequests.certificates.k8s.io "c" is forbidden: user not permitted to';
  const changed = { object: csr('a.io/x', { certificate: 'Zm9v' }), old: csr('a.io/x') };

  it('are approved and signed by those who may for that signer', async () => {
    const approval = of('approval', { object: csr('a.io/x'), old: csr('a.io/x') });
    expect(await refusalOf(approval)).toBe(`${head} approve requests with signerName "a.io/x"`);
    expect(
      await refusalOf({
        ...approval,
        may: (_user, wish) => wish.kind === 'resource' && wish.verb === 'approve' && wish.name === 'a.io/*',
      }),
    ).toBeUndefined();
    expect(await refusalOf(of('status', changed))).toBe(`${head} sign requests with signerName "a.io/x"`);
    expect(await refusalOf(of('status', { ...changed, may: () => true }))).toBeUndefined();
    expect(await refusalOf(of('status', { object: csr('a.io/x'), old: csr('a.io/x') }))).toBeUndefined();
  });
});

describe('PodTopologyLabels', () => {
  const node = {
    kind: 'Node',
    metadata: { name: 'n', labels: { 'topology.kubernetes.io/zone': 'z', 'kubernetes.io/hostname': 'n' } },
  };
  it('tells a pod where its node stands', async () => {
    const binding = { metadata: { name: 'web' }, target: { kind: 'Node', name: 'n' } };
    const bound = await admit({ subresource: 'binding', object: binding }, [node]);
    expect(bound.metadata.labels).toEqual({ 'topology.kubernetes.io/zone': 'z' });
    const placed = await admit({ object: aPod({ nodeName: 'n' }) }, [ACCOUNT, node]);
    expect(placed.metadata.labels).toEqual({ 'topology.kubernetes.io/zone': 'z' });
  });
});

describe('plugins that are off', () => {
  const on = (name: string, wish: Case, world: object[] = [ACCOUNT]) => ({
    wish: { ...wish, choice: { enable: [name] } },
    world,
  });

  it('AlwaysPullImages pulls, except where an update brings nothing new', async () => {
    const object = aPod({ containers: [{ name: 'c', image: 'a', imagePullPolicy: 'Never' }] });
    const { wish, world } = on('AlwaysPullImages', { object });
    expect((await admit(wish, world)).spec).toMatchObject({ containers: [{ imagePullPolicy: 'Always' }] });
    expect((await admit({ object }, world)).spec).toMatchObject({ containers: [{ imagePullPolicy: 'Never' }] });
    const update = { ...wish, operation: 'UPDATE', old: object } as const;
    expect((await admit(update, world)).spec).toMatchObject({ containers: [{ imagePullPolicy: 'Never' }] });
  });

  it('DenyServiceExternalIPs lets none be added', async () => {
    const service = (...externalIPs: string[]) => ({ metadata: { name: 's' }, spec: { externalIPs } });
    const denied = 'services "s" is forbidden: Use of external IPs is denied by admission control.';
    const ask = (object: object, old?: object) => {
      const wish = { resource: 'services', object, ...(old ? { old, operation: 'UPDATE' as const } : {}) };
      return refusalOf(on('DenyServiceExternalIPs', wish).wish);
    };
    expect(await ask(service('1.1.1.1'))).toBe(denied);
    expect(await ask(service('1.1.1.1'), service('1.1.1.1', '2.2.2.2'))).toBeUndefined();
    expect(await ask(service('1.1.1.1', '3.3.3.3'), service('1.1.1.1'))).toBe(denied);
    expect(await refusalOf({ resource: 'services', object: service('1.1.1.1') })).toBeUndefined();
  });

  it('ExtendedResourceToleration tolerates what is asked for', async () => {
    const containers = [{ name: 'c', image: 'a', resources: { requests: { 'a.com/gpu': '1', cpu: '1' } } }];
    const { wish, world } = on('ExtendedResourceToleration', { object: aPod({ containers }) });
    expect(
      ((await admit(wish, world)) as unknown as { spec: { tolerations: object[] } }).spec.tolerations,
    ).toContainEqual({
      key: 'a.com/gpu',
      operator: 'Exists',
      effect: 'NoSchedule',
    });
  });

  it('LimitPodHardAntiAffinityTopology keeps to nodes', async () => {
    const terms = [{ topologyKey: 'zone' }];
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } };
    const { wish, world } = on('LimitPodHardAntiAffinityTopology', { object: aPod({ affinity }) });
    expect(await refusalOf(wish, world)).toBe(
      forbidden(
        'affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey zone but only key kubernetes.io/hostname is allowed',
      ),
    );
  });

  it('NamespaceExists asks for the namespace of a deletion too', async () => {
    const { wish } = on('NamespaceExists', { operation: 'DELETE', name: 'x', namespace: 'none', old: aPod() });
    expect(await refusalOf(wish)).toBe('namespaces "none" not found');
  });

  it('OwnerReferencesPermissionEnforcement asks for rights', async () => {
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: 'u', blockOwnerDeletion: true };
    const owned = aPod({}, { ownerReferences: [owner] });
    const ask = (more: Partial<Case>) =>
      refusalOf(on('OwnerReferencesPermissionEnforcement', { object: owned, ...more }).wish);
    expect(await ask({})).toBe(
      forbidden(
        "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: , <nil>",
      ),
    );
    const mayFinalize: Case['may'] = (_user, wish) =>
      wish.kind === 'resource' && wish.resource === 'deployments' && wish.subresource === 'finalizers';
    expect(await ask({ may: mayFinalize })).toBeUndefined();
    expect(await ask({ operation: 'UPDATE', old: aPod(), may: mayFinalize })).toBe(
      forbidden("cannot set an ownerRef on a resource you can't delete: , <nil>"),
    );
    expect(await ask({ operation: 'UPDATE', old: owned })).toBeUndefined();
  });
});
