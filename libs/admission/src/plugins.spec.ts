import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { deepCopy, StatusError } from '#apimachinery';
import { builtInKinds } from '#kinds';
import { admissionChain } from './chain.js';
import type { AdmissionRequest } from './plugin.js';
import { plugins } from './plugins.js';
import { ACCOUNT, ADMIN, admit, aPod, type Case, KUBELET, readsOf } from './spec-admit.js';

const MIRROR = { annotations: { 'kubernetes.io/config.mirror': 'x' } };

describe('a pod without containers', () => {
  it('passes, for validation to refuse', async () => {
    const limits = {
      kind: 'LimitRange',
      metadata: { name: 'l', namespace: 'default' },
      spec: { limits: [{ type: 'Pod' }] },
    };
    const object = { metadata: { name: 'bare', namespace: 'default' }, spec: {} };
    expect((await admit({ object }, [ACCOUNT, limits])).metadata.name).toBe('bare');
  });
});

describe('plugins', () => {
  it('lists every file', () => {
    const folder = join(dirname(fileURLToPath(import.meta.url)), 'plugins');
    const list = readFileSync(join(folder, '..', 'plugins.ts'), 'utf8');
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.admission.ts'))) {
      expect(list).toContain(file.replace(/\.ts$/, '.js'));
    }
  });

  it('complete a pod as a real cluster does', async () => {
    const account = { ...ACCOUNT, imagePullSecrets: [{ name: 'pull' }] };
    const { spec } = (await admit({ object: aPod() }, [account])) as unknown as { spec: Record<string, unknown> };
    const volume = expect.stringMatching(/^kube-api-access-[a-z0-9]{5}$/);
    expect(spec).toEqual({
      serviceAccountName: 'default',
      serviceAccount: 'default',
      imagePullSecrets: [{ name: 'pull' }],
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      containers: [
        {
          name: 'c',
          image: 'nginx',
          volumeMounts: [{ name: volume, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
        },
      ],
      volumes: [
        {
          name: volume,
          projected: {
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
              { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
              {
                downwardAPI: {
                  items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
                },
              },
            ],
            defaultMode: 420,
          },
        },
      ],
      tolerations: ['not-ready', 'unreachable'].map((taint) => ({
        key: `node.kubernetes.io/${taint}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
    });
  });

  it.each([
    ['pod', aPod({ automountServiceAccountToken: false }), ACCOUNT],
    ['account', aPod(), { ...ACCOUNT, automountServiceAccountToken: false }],
  ])('mount no token where the %s wants none', async (_who, object, account) => {
    expect((await admit({ object }, [account])).spec).not.toHaveProperty('volumes');
  });

  it('keep the tolerations that are there', async () => {
    const tolerations = [{ operator: 'Exists' }];
    expect((await admit({ object: aPod({ tolerations }) })).spec).toMatchObject({ tolerations });
  });

  it('do not touch the spec of an update that shares it', async () => {
    const pod = aPod();
    const before = deepCopy(pod.spec);
    const { spec } = pod;
    const object = { ...pod };
    const chain = admissionChain(plugins);
    await chain.mutate(
      {
        ...({} as AdmissionRequest),
        user: ADMIN,
        operation: 'UPDATE',
        kind: builtInKinds.preferred('', 'pods')!,
        subresource: '',
        namespace: 'default',
        name: 'web',
        object,
        old: pod,
      },
      readsOf([]),
    );
    expect(spec).toEqual(before);
    expect(object.spec).toMatchObject({ tolerations: [{}, {}] });
  });

  it.each([
    [
      'system-cluster-critical',
      { value: 2_000_000_000 },
      { priority: 2_000_000_000, preemptionPolicy: 'PreemptLowerPriority' },
    ],
    ['batch', { value: -5, preemptionPolicy: 'Never' }, { priority: -5, preemptionPolicy: 'Never' }],
  ])('take the priority of class %s', async (name, more, expected) => {
    const priorityClass = { kind: 'PriorityClass', metadata: { name }, ...more };
    const { spec } = await admit({ object: aPod({ priorityClassName: name }) }, [ACCOUNT, priorityClass]);
    expect(spec).toMatchObject(expected);
  });

  it('use the lowest global default class', async () => {
    const classes = [7, 3].map((value) => ({
      kind: 'PriorityClass',
      metadata: { name: `p${value}` },
      value,
      globalDefault: true,
    }));
    const { spec } = await admit({ object: aPod() }, [ACCOUNT, ...classes]);
    expect(spec).toMatchObject({ priorityClassName: 'p3', priority: 3 });
  });

  it('taint a new node until it is ready', async () => {
    const { spec } = await admit({ resource: 'nodes', object: { kind: 'Node', metadata: { name: 'n' } } });
    expect(spec).toEqual({ taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] });
  });

  const terminating = { kind: 'Namespace', metadata: { name: 'old' }, status: { phase: 'Terminating' } };
  const defaultClass = { kind: 'PriorityClass', metadata: { name: 'p' }, value: 1, globalDefault: true };

  it.each<[string, Case, readonly object[], number, string]>([
    ['a namespace that is not there', { object: aPod(), namespace: 'none' }, [], 404, 'namespaces "none" not found'],
    [
      'a namespace on its way out',
      { object: aPod(), namespace: 'old' },
      [terminating],
      403,
      'pods "web" is forbidden: unable to create new content in namespace old because it is being terminated',
    ],
    [
      'the end of an immortal namespace',
      { resource: 'namespaces', operation: 'DELETE', name: 'kube-system' },
      [],
      403,
      'namespaces "kube-system" is forbidden: this namespace may not be deleted',
    ],
    [
      'a pod without its account',
      { object: aPod() },
      [],
      403,
      'pods "web" is forbidden: error looking up service account default/default: serviceaccount "default" not found',
    ],
    [
      'a mirror pod with an account',
      { object: aPod({ serviceAccountName: 'x' }, MIRROR) },
      [],
      403,
      'pods "web" is forbidden: a mirror pod may not reference service accounts',
    ],
    [
      'an unknown priority class',
      { object: aPod({ priorityClassName: 'high' }) },
      [ACCOUNT],
      403,
      'pods "web" is forbidden: no PriorityClass with name high was found',
    ],
    [
      'a number of its own',
      { object: aPod({ priority: 5 }) },
      [ACCOUNT],
      403,
      'pods "web" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ],
    [
      'a second default class',
      { resource: 'priorityclasses', group: 'scheduling.k8s.io', object: { ...defaultClass, metadata: { name: 'q' } } },
      [defaultClass],
      403,
      'priorityclasses.scheduling.k8s.io "q" is forbidden: PriorityClass p is already marked as default. Only one default can exist',
    ],
    [
      "a kubelet on another's node",
      { resource: 'nodes', subresource: 'status', operation: 'UPDATE', user: KUBELET, name: 'node02', object: {} },
      [],
      403,
      'nodes "node02" is forbidden: node "node01" is not allowed to modify node "node02"',
    ],
    [
      "a kubelet on another's pod",
      { subresource: 'status', operation: 'UPDATE', user: KUBELET, object: aPod(), old: aPod({ nodeName: 'node02' }) },
      [],
      403,
      'pods "web" is forbidden: node "node01" can only update pod status for pods with spec.nodeName set to itself',
    ],
    [
      'a kubelet that makes pods',
      { user: KUBELET, object: aPod({ nodeName: 'node01' }) },
      [ACCOUNT],
      403,
      'pods "web" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "node01" can only create mirror pods',
    ],
    [
      'a kubelet with the lease of another',
      {
        resource: 'leases',
        group: 'coordination.k8s.io',
        operation: 'UPDATE',
        namespace: 'kube-node-lease',
        user: KUBELET,
        name: 'node02',
        object: {},
      },
      [{ kind: 'Namespace', metadata: { name: 'kube-node-lease' } }],
      403,
      'leases.coordination.k8s.io "node02" is forbidden: can only access node lease with the same name as the requesting node',
    ],
  ])('refuse %s', async (_what, wish, objects, code, message) => {
    const failure = await admit(wish, objects).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(StatusError);
    expect(failure).toMatchObject({ code, message });
  });

  it('let a kubelet do its own work', async () => {
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'node01', uid: 'u', controller: true };
    const node = { kind: 'Node', metadata: { name: 'node01', uid: 'u' } };
    const mirror = aPod({ nodeName: 'node01' }, { ...MIRROR, ownerReferences: [owner] });
    await admit({ user: KUBELET, object: mirror }, [node]);
    await admit({
      subresource: 'status',
      operation: 'UPDATE',
      user: KUBELET,
      object: aPod(),
      old: aPod({ nodeName: 'node01' }),
    });
    await admit({
      resource: 'nodes',
      user: KUBELET,
      name: 'node01',
      object: { kind: 'Node', metadata: { name: 'node01' } },
    });
  });
});
