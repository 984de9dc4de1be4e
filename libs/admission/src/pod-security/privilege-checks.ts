import {
  type Check,
  type CheckPod,
  containersOf,
  containersText,
  containersThat,
  hasOwnUsers,
  isWindows,
  quotedInOrder,
  settersText,
} from './check.js';

/** What a process in a container may do. All models of k8s.io/pod-security-admission/policy (1.36). */

const exceptWindows =
  (check: CheckPod): CheckPod =>
  (spec, metadata) =>
    isWindows(spec) ? undefined : check(spec, metadata);

const exceptOwnUsers =
  (check: CheckPod): CheckPod =>
  (spec, metadata) =>
    hasOwnUsers(spec) ? undefined : check(spec, metadata);

const escalation: CheckPod = (spec) => {
  const names = containersThat(spec, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  if (names.length === 0) return undefined;
  const detail = `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`;
  return { reason: 'allowPrivilegeEscalation != false', detail };
};

export const allowPrivilegeEscalation: Check = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  versions: [
    { from: 8, check: escalation },
    { from: 25, check: exceptWindows(escalation) },
  ],
};

const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);
const RESTRICTED_CAPABILITIES: ReadonlySet<string> = new Set(['NET_BIND_SERVICE']);

function addingText(spec: Parameters<CheckPod>[0], allowed: ReadonlySet<string>): string | undefined {
  const forbidden = (added: readonly string[] = []) => added.filter((name) => !allowed.has(name));
  const of = (container: ReturnType<typeof containersOf>[number]) =>
    forbidden(container.securityContext?.capabilities?.add);
  const names = containersThat(spec, (container) => of(container).length > 0);
  if (names.length === 0) return undefined;
  const capabilities = quotedInOrder(containersOf(spec).flatMap(of));
  return `${containersText(names)} must not include ${capabilities} in securityContext.capabilities.add`;
}

export const capabilitiesBaseline: Check = {
  id: 'capabilities_baseline',
  level: 'baseline',
  versions: [
    {
      from: 0,
      check(spec) {
        const detail = addingText(spec, DEFAULT_CAPABILITIES);
        return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
      },
    },
  ],
};

const unrestricted: CheckPod = (spec) => {
  const keeping = containersThat(spec, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'));
  const details = [
    keeping.length > 0 ? `${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]` : undefined,
    addingText(spec, RESTRICTED_CAPABILITIES),
  ].filter((text) => text !== undefined);
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
};

export const capabilitiesRestricted: Check = {
  id: 'capabilities_restricted',
  level: 'restricted',
  overrides: 'capabilities_baseline',
  versions: [
    { from: 22, check: unrestricted },
    { from: 25, check: exceptWindows(unrestricted) },
  ],
};

export const privileged: Check = {
  id: 'privileged',
  level: 'baseline',
  versions: [
    {
      from: 0,
      check(spec) {
        const names = containersThat(spec, ({ securityContext }) => securityContext?.privileged ?? false);
        if (names.length === 0) return undefined;
        return {
          reason: 'privileged',
          detail: `${containersText(names)} must not set securityContext.privileged=true`,
        };
      },
    },
  ],
};

const nonRoot: CheckPod = (spec) => {
  const ofPod = spec.securityContext?.runAsNonRoot;
  const reason = 'runAsNonRoot != true';
  const setters = settersText(
    ofPod === false,
    containersThat(spec, ({ securityContext }) => securityContext?.runAsNonRoot === false),
  );
  if (setters) return { reason, detail: `${setters} must not set securityContext.runAsNonRoot=false` };
  if (ofPod) return undefined;
  const silent = containersThat(spec, ({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  if (silent.length === 0) return undefined;
  return { reason, detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true` };
};

export const runAsNonRoot: Check = {
  id: 'runAsNonRoot',
  level: 'restricted',
  versions: [
    { from: 0, check: nonRoot },
    { from: 35, check: exceptOwnUsers(nonRoot) },
  ],
};

const root: CheckPod = (spec) => {
  const setters = settersText(
    spec.securityContext?.runAsUser === 0,
    containersThat(spec, ({ securityContext }) => securityContext?.runAsUser === 0),
  );
  return setters ? { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` } : undefined;
};

export const runAsUser: Check = {
  id: 'runAsUser',
  level: 'restricted',
  versions: [
    { from: 23, check: root },
    { from: 35, check: exceptOwnUsers(root) },
  ],
};

const unmasked: CheckPod = (spec) => {
  const isBad = (value: string | undefined): value is string => value !== undefined && value !== 'Default';
  const names = containersThat(spec, ({ securityContext }) => isBad(securityContext?.procMount));
  if (names.length === 0) return undefined;
  const types = containersOf(spec)
    .map(({ securityContext }) => securityContext?.procMount)
    .filter(isBad);
  const detail = `${containersText(names)} must not set securityContext.procMount to ${quotedInOrder(types)}`;
  return { reason: 'procMount', detail };
};

export const procMountBaseline: Check = {
  id: 'procMount_baseline',
  level: 'baseline',
  versions: [
    { from: 0, check: unmasked },
    { from: 35, check: exceptOwnUsers(unmasked) },
  ],
};

export const procMountRestricted: Check = {
  id: 'procMount_restricted',
  level: 'restricted',
  versions: [{ from: 35, check: unmasked }],
};
