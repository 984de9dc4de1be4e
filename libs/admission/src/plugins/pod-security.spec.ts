import { describe, expect, it } from '@jest/globals';
import { ACCOUNT, aPod, type Case, refusalOf } from '../spec-admit.js';
import { checks } from '../pod-security/checks.js';

const LABEL = 'pod-security.kubernetes.io/';
const namespace = (labels: Record<string, string>) => ({
  kind: 'Namespace',
  metadata: {
    name: 'default',
    labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [LABEL + key, value])),
  },
});
/** Listed before the namespace that every spec has. */
const world = (labels: Record<string, string>) => [namespace(labels), ACCOUNT];
const c = (securityContext: object = {}, more: object = {}, name = 'a') => ({
  name,
  image: 'nginx',
  securityContext,
  ...more,
});
const GOOD = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
const good = (spec: object = {}) => ({ containers: [c(GOOD)], ...spec });

async function verdict(policy: string, spec: object, metadata: object = {}): Promise<string | undefined> {
  const [level = '', version = 'latest'] = policy.split(':');
  const message = await refusalOf(
    { object: aPod(spec, metadata) },
    world({ enforce: level, 'enforce-version': version }),
  );
  const head = `pods "web" is forbidden: violates PodSecurity "${level}:${version}": `;
  if (message === undefined) return undefined;
  expect(message.slice(0, head.length)).toBe(head);
  return message.slice(head.length);
}

describe('PodSecurity', () => {
  it('says everything that is wrong, in order', async () => {
    expect(await verdict('restricted:latest', { containers: [c(), c({}, {}, 'b')], hostNetwork: true })).toBe(
      'host namespaces (hostNetwork=true), ' +
        'allowPrivilegeEscalation != false (containers "a", "b" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (containers "a", "b" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or containers "a", "b" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or containers "a", "b" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    );
  });

  it('lets a hardened pod in, and everything where nobody asks', async () => {
    expect(await verdict('restricted:latest', good())).toBeUndefined();
    expect(await verdict('privileged:latest', { containers: [c({ privileged: true })] })).toBeUndefined();
    expect(await refusalOf({ object: aPod({ hostNetwork: true }) })).toBeUndefined();
  });

  it.each<[string, object, string | undefined]>([
    ['baseline', { hostPID: true, hostIPC: true }, 'host namespaces (hostPID=true, hostIPC=true)'],
    [
      'baseline',
      { containers: [c({ privileged: true })] },
      'privileged (container "a" must not set securityContext.privileged=true)',
    ],
    [
      'baseline',
      { containers: [c({ capabilities: { add: ['NET_ADMIN', 'CHOWN', 'BPF'] } })] },
      'non-default capabilities (container "a" must not include "BPF", "NET_ADMIN" in securityContext.capabilities.add)',
    ],
    ['baseline', { volumes: [{ name: 'v', hostPath: { path: '/' } }] }, 'hostPath volumes (volume "v")'],
    [
      'baseline',
      { containers: [c({}, { ports: [{ hostPort: 80 }, { hostPort: 81 }, { containerPort: 1 }] })] },
      'hostPort (container "a" uses hostPorts 80, 81)',
    ],
    [
      'baseline',
      { containers: [c({}, { livenessProbe: { httpGet: { host: '10.0.0.1', port: 1 } } })] },
      'probe or lifecycle host (container "a" uses probe or lifecycle host "10.0.0.1")',
    ],
    ['baseline:v1.33', { containers: [c({}, { livenessProbe: { httpGet: { host: 'x', port: 1 } } })] }, undefined],
    [
      'baseline',
      { securityContext: { appArmorProfile: { type: 'Unconfined' } } },
      'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")',
    ],
    [
      'baseline',
      {
        securityContext: { seLinuxOptions: { type: 'foo', user: 'u' } },
        containers: [c({ seLinuxOptions: { role: 'r' } })],
      },
      'seLinuxOptions (pod and container "a" set forbidden securityContext.seLinuxOptions: type "foo"; user may not be set; role may not be set)',
    ],
    ['baseline', { containers: [c({ seLinuxOptions: { type: 'container_engine_t' } })] }, undefined],
    [
      'baseline:v1.30',
      { containers: [c({ seLinuxOptions: { type: 'container_engine_t' } })] },
      'seLinuxOptions (container "a" set forbidden securityContext.seLinuxOptions: type "container_engine_t")',
    ],
    [
      'baseline',
      { securityContext: { seccompProfile: { type: 'Unconfined' } } },
      'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      'baseline',
      { securityContext: { sysctls: [{ name: 'kernel.msgmax' }, { name: 'net.ipv4.tcp_rmem' }] } },
      'forbidden sysctls (kernel.msgmax)',
    ],
    [
      'baseline:v1.26',
      { securityContext: { sysctls: [{ name: 'net.ipv4.ip_local_reserved_ports' }] } },
      'forbidden sysctls (net.ipv4.ip_local_reserved_ports)',
    ],
    [
      'baseline',
      { securityContext: { windowsOptions: { hostProcess: true } } },
      'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)',
    ],
    [
      'baseline',
      { containers: [c({ procMount: 'Unmasked' })] },
      'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
    ],
    ['baseline', { hostUsers: false, containers: [c({ procMount: 'Unmasked' })] }, undefined],
    [
      'restricted',
      good({
        volumes: [
          { name: 'v', hostPath: {} },
          { name: 'w', nfs: {} },
          { name: 'x', emptyDir: {} },
        ],
      }),
      'restricted volume types (volumes "v", "w" use restricted volume types "hostPath", "nfs")',
    ],
    [
      'restricted',
      good({ volumes: [{ name: 'v', image: {} }] }),
      'restricted volume types (volume "v" uses restricted volume type "unknown")',
    ],
    ['restricted', good({ securityContext: { runAsUser: 0 } }), 'runAsUser=0 (pod must not set runAsUser=0)'],
    ['restricted:v1.22', good({ securityContext: { runAsUser: 0 } }), undefined],
    ['restricted', good({ hostUsers: false, securityContext: { runAsUser: 0 } }), undefined],
    [
      'restricted',
      { containers: [c({ ...GOOD, runAsNonRoot: false })] },
      'runAsNonRoot != true (container "a" must not set securityContext.runAsNonRoot=false)',
    ],
    [
      'restricted',
      { containers: [c({ ...GOOD, capabilities: { drop: ['ALL'], add: ['CHOWN'] } })] },
      'unrestricted capabilities (container "a" must not include "CHOWN" in securityContext.capabilities.add)',
    ],
    ['restricted:v1.21', { containers: [c({ ...GOOD, capabilities: undefined })] }, undefined],
    ['restricted', { os: { name: 'windows' }, securityContext: { runAsNonRoot: true }, containers: [c()] }, undefined],
    [
      'restricted:v1.24',
      {
        os: { name: 'windows' },
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Localhost' } },
        containers: [c()],
      },
      'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"])',
    ],
    [
      'restricted',
      good({ ephemeralContainers: [c({ ...GOOD, seccompProfile: undefined }, {}, 'debug')] }),
      'seccompProfile (pod or container "debug" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
  ])('%s of %j', async (policy, spec, expected) => {
    expect(await verdict(policy, spec)).toBe(expected);
  });

  it('reads profiles from annotations, where they once stood', async () => {
    const metadata = { annotations: { 'container.apparmor.security.beta.kubernetes.io/a': 'unconfined' } };
    expect(await verdict('baseline', {}, metadata)).toBe(
      'forbidden AppArmor profile (annotation must not set AppArmor profile type to ' +
        '"container.apparmor.security.beta.kubernetes.io/a=\\"unconfined\\"")',
    );
    const seccomp = { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' } };
    expect(await verdict('baseline:v1.18', {}, seccomp)).toContain('forbidden annotation');
    expect(await verdict('baseline:v1.19', {}, seccomp)).toBeUndefined();
  });

  const warned = async (wish: Case, labels: Record<string, string>, more: object[] = []) => {
    const warnings: string[] = [];
    const message = await refusalOf({ ...wish, warnings }, [...world(labels), ...more]);
    return message === undefined ? warnings : message;
  };

  it('warns of what it does not enforce', async () => {
    expect(await warned({ object: aPod({ hostNetwork: true }) }, { warn: 'baseline' })).toEqual([
      'would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    ]);
  });

  it.each([
    ['apps', 'deployments', (template: object) => ({ spec: { template } })],
    ['batch', 'cronjobs', (template: object) => ({ spec: { jobTemplate: { spec: { template } } } })],
    ['', 'podtemplates', (template: object) => ({ template })],
  ])('only warns makers of pods: %s %s', async (group, resource, wrap) => {
    const object = { metadata: { name: 'web' }, ...wrap({ spec: { containers: [c({ privileged: true })] } }) };
    expect(await warned({ group, resource, object }, { enforce: 'baseline', 'enforce-version': 'v1.36' })).toEqual([
      'would violate PodSecurity "baseline:v1.36": privileged (container "a" must not set securityContext.privileged=true)',
    ]);
    expect(await warned({ group, resource, object }, { enforce: 'baseline', warn: 'privileged' })).toEqual([]);
  });

  it('looks at updates that change an image or add a container, no others', async () => {
    const old = aPod({ containers: [c({ privileged: true })] });
    const update = (spec: object, more: Partial<Case> = {}) =>
      refusalOf({ operation: 'UPDATE', object: aPod(spec), old, ...more }, world({ enforce: 'baseline' }));
    expect(await update({ containers: [c({ privileged: true })] })).toBeUndefined();
    expect(await update({ containers: [c({ privileged: true }, { image: 'other' })] })).toContain(
      'violates PodSecurity',
    );
    const debug = { containers: [c({ privileged: true })], ephemeralContainers: [c({}, {}, 'd')] };
    expect(await update(debug, { subresource: 'ephemeralcontainers' })).toContain('violates PodSecurity');
    expect(await update(debug, { subresource: 'status' })).toBeUndefined();
  });

  describe('of a namespace', () => {
    const change = (from: Record<string, string>, to: Record<string, string>, pods: object[] = []) => {
      const wish = {
        resource: 'namespaces',
        operation: 'UPDATE',
        name: 'default',
        object: namespace(to),
        old: namespace(from),
      };
      return warned(wish as Case, {}, pods);
    };
    const inDefault = (name: string, spec: object) => aPod(spec, { name, namespace: 'default' });

    it('tells which pods a stricter level would not have let in', async () => {
      const pods = [
        inDefault('b', { hostNetwork: true }),
        inDefault('c', { hostNetwork: true }),
        inDefault('a', { hostPID: true, containers: [c({ privileged: true })] }),
        inDefault('fine', {}),
      ];
      expect(await change({}, { enforce: 'baseline' }, pods)).toEqual([
        'existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"',
        'a: host namespaces, privileged',
        'b (and 1 other pod): host namespaces',
      ]);
      expect(await change({ enforce: 'restricted' }, { enforce: 'baseline' }, pods)).toEqual([]);
    });

    it('looks at no more than 3000 of them', async () => {
      const pods = Array.from({ length: 3001 }, (_, i) => inDefault(`p${i}`, { hostPID: true }));
      expect(await change({}, { enforce: 'baseline' }, pods)).toEqual([
        'new PodSecurity enforce level only checked against the first 3000 of 3001 existing pods',
        'existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"',
        'p0 (and 2999 other pods): host namespaces',
      ]);
    });

    it('refuses labels that it cannot read, when they are new', async () => {
      const level =
        'Namespace "default" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": ' +
        'must be one of privileged, baseline, restricted';
      expect(await change({}, { enforce: 'strict' })).toBe(level);
      expect(await change({ enforce: 'strict' }, { enforce: 'strict', x: 'y' })).toEqual([]);
      expect(await change({}, { 'warn-version': '1.2' })).toContain('must be "latest" or "v1.x"');
    });

    it('enforces restricted where it cannot read the level', async () => {
      expect(await refusalOf({ object: aPod() }, world({ enforce: 'strict' }))).toContain('"restricted:latest"');
    });
  });

  it('has its checks in the order of their ids', () => {
    for (const level of ['baseline', 'restricted']) {
      const ids = checks.filter((check) => check.level === level).map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted());
    }
    for (const { versions } of checks) {
      const froms = versions.map(({ from }) => from);
      expect(froms).toEqual(froms.toSorted((a, b) => a - b));
    }
  });
});
