import {
  type Check,
  type CheckPod,
  containersOf,
  containersText,
  containersThat,
  isWindows,
  plural,
  quoted,
  quotedInOrder,
  settersText,
} from './check.js';

/** Profiles of the kernel's guards. All models of k8s.io/pod-security-admission/policy (1.36). */

const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';
const isAppArmorType = (type: string) => type === 'RuntimeDefault' || type === 'Localhost';
const isAppArmorText = (text: string) => text === '' || text === 'runtime/default' || text.startsWith('localhost/');

export const appArmorProfile: Check = {
  id: 'appArmorProfile',
  level: 'baseline',
  versions: [
    {
      from: 0,
      check(spec, { annotations = {} }) {
        const isBad = (type: string | undefined): type is string => type !== undefined && !isAppArmorType(type);
        const ofPod = spec.securityContext?.appArmorProfile?.type;
        const types = containersOf(spec).map(({ securityContext }) => securityContext?.appArmorProfile?.type);
        const names = containersThat(spec, ({ securityContext }) => isBad(securityContext?.appArmorProfile?.type));
        const texts = Object.entries(annotations)
          .filter(([key, text]) => key.startsWith(APP_ARMOR_PREFIX) && !isAppArmorText(text))
          .map(([key, text]) => `${key}=${JSON.stringify(text)}`)
          .toSorted();
        const setters = [
          settersText(isBad(ofPod), names),
          texts.length > 0 ? plural('annotation', texts.length) : undefined,
        ].filter((text) => text !== undefined);
        if (setters.length === 0) return undefined;
        const values = [...[...new Set([ofPod, ...types].filter(isBad))].toSorted(), ...texts];
        return {
          reason: plural('forbidden AppArmor profile', values.length),
          detail: `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
        };
      },
    },
  ],
};

const SE_LINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

function seLinux(allowed: readonly string[]): CheckPod {
  type Options = NonNullable<ReturnType<typeof containersOf>[number]['securityContext']>['seLinuxOptions'];
  const isBad = (options: Options) =>
    !!options && (!allowed.includes(options.type ?? '') || !!options.user || !!options.role);
  return (spec) => {
    const ofPod = spec.securityContext?.seLinuxOptions;
    const all = [ofPod, ...containersOf(spec).map(({ securityContext }) => securityContext?.seLinuxOptions)];
    const setters = settersText(
      isBad(ofPod),
      containersThat(spec, ({ securityContext }) => isBad(securityContext?.seLinuxOptions)),
    );
    if (!setters) return undefined;
    const types = new Set(all.map((options) => options?.type ?? '').filter((type) => !allowed.includes(type)));
    const faults = [
      ...(types.size > 0 ? [`${plural('type', types.size)} ${quotedInOrder(types)}`] : []),
      ...(all.some((options) => options?.user) ? ['user may not be set'] : []),
      ...(all.some((options) => options?.role) ? ['role may not be set'] : []),
    ];
    const detail = `${setters} set forbidden securityContext.seLinuxOptions: ${faults.join('; ')}`;
    return { reason: 'seLinuxOptions', detail };
  };
}

export const seLinuxOptions: Check = {
  id: 'seLinuxOptions',
  level: 'baseline',
  versions: [
    { from: 0, check: seLinux(SE_LINUX_TYPES) },
    { from: 31, check: seLinux([...SE_LINUX_TYPES, 'container_engine_t']) },
  ],
};

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const isSeccompText = (text: string) =>
  text === '' || text === 'runtime/default' || text === 'docker/default' || text.startsWith('localhost/');
const isSeccompType = (type: string) => type === 'RuntimeDefault' || type === 'Localhost';
const isBadSeccomp = (type: string | undefined): type is string => type !== undefined && !isSeccompType(type);

/** Before there was a field for it. */
const seccompAnnotations: CheckPod = (_spec, { annotations = {} }) => {
  const bad = Object.entries(annotations)
    .filter(([key, text]) => (key === SECCOMP_POD || key.startsWith(SECCOMP_CONTAINER)) && !isSeccompText(text))
    .map(([key, text]) => `${key}=${JSON.stringify(text)}`)
    .toSorted();
  if (bad.length === 0) return undefined;
  return { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', bad.length)} ${bad.join(', ')}` };
};

const badSeccomp: CheckPod = (spec) => {
  const ofPod = spec.securityContext?.seccompProfile?.type;
  const types = containersOf(spec).map(({ securityContext }) => securityContext?.seccompProfile?.type);
  const names = containersThat(spec, ({ securityContext }) => isBadSeccomp(securityContext?.seccompProfile?.type));
  const setters = settersText(isBadSeccomp(ofPod), names);
  if (!setters) return undefined;
  const values = quotedInOrder([ofPod, ...types].filter(isBadSeccomp));
  return {
    reason: 'seccompProfile',
    detail: `${setters} must not set securityContext.seccompProfile.type to ${values}`,
  };
};

export const seccompBaseline: Check = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  versions: [
    { from: 0, check: seccompAnnotations },
    { from: 19, check: badSeccomp },
  ],
};

const seccompSaid: CheckPod = (spec, metadata) => {
  const bad = badSeccomp(spec, metadata);
  if (bad || spec.securityContext?.seccompProfile) return bad;
  const silent = containersThat(spec, ({ securityContext }) => !securityContext?.seccompProfile);
  if (silent.length === 0) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  };
};

export const seccompRestricted: Check = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  overrides: 'seccompProfile_baseline',
  versions: [
    { from: 19, check: seccompSaid },
    { from: 25, check: (spec, metadata) => (isWindows(spec) ? undefined : seccompSaid(spec, metadata)) },
  ],
};

const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
];
const SYSCTLS_27 = [...SYSCTLS, 'net.ipv4.ip_local_reserved_ports'];
const SYSCTLS_29 = [
  ...SYSCTLS_27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const SYSCTLS_32 = [...SYSCTLS_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

function safeSysctls(allowed: readonly string[]): CheckPod {
  return ({ securityContext }) => {
    const bad = (securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.includes(name));
    return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') };
  };
}

export const sysctls: Check = {
  id: 'sysctls',
  level: 'baseline',
  versions: [
    { from: 0, check: safeSysctls(SYSCTLS) },
    { from: 27, check: safeSysctls(SYSCTLS_27) },
    { from: 29, check: safeSysctls(SYSCTLS_29) },
    { from: 32, check: safeSysctls(SYSCTLS_32) },
  ],
};
