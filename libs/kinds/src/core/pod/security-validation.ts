import { type FieldError, fieldError } from '#apimachinery';
import { checkId } from '../../field-rules.js';
import type {
  AppArmorProfile,
  PodSecurityContext,
  PodSpec,
  SeccompProfile,
  SecurityContext,
} from '../../generated/types.js';
import { checkDescendingPath } from '../../path-rules.js';
import { checkWindowsOptions } from './windows-validation.js';

const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

/** Models validateSeccompProfileField (1.36). */
function checkSeccomp(errors: FieldError[], at: string, profile: SeccompProfile): void {
  const { type, localhostProfile } = profile;
  if (!type) errors.push(fieldError.required(`${at}.type`, 'type is required when seccompProfile is set'));
  else if (!PROFILES.includes(type)) errors.push(fieldError.notSupported(`${at}.type`, type, PROFILES));
  const path = `${at}.localhostProfile`;
  if (type === 'Localhost') {
    if (localhostProfile === undefined) {
      errors.push(fieldError.required(path, 'must be set when seccomp type is Localhost'));
    } else checkDescendingPath(errors, path, localhostProfile);
  } else if (localhostProfile !== undefined) {
    errors.push(fieldError.invalid(path, profile, 'can only be set when seccomp type is Localhost'));
  }
}

const LOCALHOST_PROFILE_BYTES_MAX = 4095;

/** Models ValidateAppArmorProfileField (1.36). */
function checkAppArmor(errors: FieldError[], at: string, { type, localhostProfile }: AppArmorProfile): void {
  const path = `${at}.localhostProfile`;
  if (!type) errors.push(fieldError.required(`${at}.type`, 'type is required when appArmorProfile is set'));
  else if (!PROFILES.includes(type)) errors.push(fieldError.notSupported(`${at}.type`, type, PROFILES));
  else if (type !== 'Localhost') {
    if (localhostProfile !== undefined) {
      errors.push(fieldError.invalid(path, localhostProfile, 'can only be set when AppArmor type is Localhost'));
    }
  } else if (localhostProfile === undefined) {
    errors.push(fieldError.required(path, 'must be set when AppArmor type is Localhost'));
  } else {
    const trimmed = localhostProfile.trim();
    if (trimmed !== localhostProfile) {
      errors.push(fieldError.invalid(path, localhostProfile, 'must not be padded with whitespace'));
    } else if (trimmed === '') {
      errors.push(fieldError.required(path, 'must be set when AppArmor type is Localhost'));
    }
    if (Buffer.byteLength(localhostProfile) > LOCALHOST_PROFILE_BYTES_MAX) {
      errors.push(fieldError.tooLong(path, LOCALHOST_PROFILE_BYTES_MAX));
    }
  }
}

const PROC_MOUNTS = ['Default', 'Unmasked'];

/** Models ValidateSecurityContext (1.36). Privileged containers are allowed, as kubeadm's API server allows them. */
export function checkSecurityContext(
  errors: FieldError[],
  at: string,
  context: SecurityContext,
  onHostUsers: boolean,
): void {
  checkId(errors, `${at}.runAsUser`, context.runAsUser);
  checkId(errors, `${at}.runAsGroup`, context.runAsGroup);
  const { procMount } = context;
  if (procMount !== undefined) {
    if (!PROC_MOUNTS.includes(procMount)) {
      errors.push(fieldError.notSupported(`${at}.procMount`, procMount, PROC_MOUNTS));
    }
    if (onHostUsers && procMount === 'Unmasked') {
      const why = '`hostUsers` must be false to use `Unmasked`';
      errors.push(fieldError.invalid(`${at}.procMount`, procMount, why));
    }
  }
  if (context.seccompProfile) checkSeccomp(errors, `${at}.seccompProfile`, context.seccompProfile);
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged) {
      const why = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
      errors.push(fieldError.invalid(at, context, why));
    }
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN')) {
      const why = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN';
      errors.push(fieldError.invalid(at, context, why));
    }
  }
  if (context.windowsOptions) checkWindowsOptions(errors, `${at}.windowsOptions`, context.windowsOptions);
  if (context.appArmorProfile) checkAppArmor(errors, `${at}.appArmorProfile`, context.appArmorProfile);
}

const FS_GROUP_POLICIES = ['Always', 'OnRootMismatch'];
const GROUPS_POLICIES = ['Merge', 'Strict'];
const SELINUX_POLICIES = ['MountOption', 'Recursive'];

/** Models validatePodSpecSecurityContext (1.36); most pods have an empty one. */
export function checkPodSecurityContext(errors: FieldError[], at: string, spec: PodSpec): void {
  const context = spec.securityContext;
  if (!context) return;
  checkId(errors, `${at}.fsGroup`, context.fsGroup);
  checkId(errors, `${at}.runAsUser`, context.runAsUser);
  checkId(errors, `${at}.runAsGroup`, context.runAsGroup);
  for (const [i, id] of (context.supplementalGroups ?? []).entries()) {
    checkId(errors, `${at}.supplementalGroups[${i}]`, id);
  }
  if (spec.shareProcessNamespace && spec.hostPID) {
    const why = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(fieldError.invalid(`${at}.shareProcessNamespace`, true, why));
  }
  if (context.sysctls) checkSysctls(errors, `${at}.sysctls`, context, spec);
  const policy = (name: 'fsGroupChangePolicy' | 'supplementalGroupsPolicy' | 'seLinuxChangePolicy', all: string[]) => {
    const value = context[name];
    if (value !== undefined && !all.includes(value)) errors.push(fieldError.notSupported(`${at}.${name}`, value, all));
  };
  policy('fsGroupChangePolicy', FS_GROUP_POLICIES);
  if (context.seccompProfile) checkSeccomp(errors, `${at}.seccompProfile`, context.seccompProfile);
  if (context.windowsOptions) checkWindowsOptions(errors, `${at}.windowsOptions`, context.windowsOptions);
  if (context.appArmorProfile) checkAppArmor(errors, `${at}.appArmorProfile`, context.appArmorProfile);
  policy('supplementalGroupsPolicy', GROUPS_POLICIES);
  policy('seLinuxChangePolicy', SELINUX_POLICIES);
}

const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL_FORM = `^(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}$`;
const SYSCTL = /^[a-z0-9][-_a-z0-9]*$/;
const SYSCTL_LENGTH_MAX = 253;

/** Segment by segment, which is linear where upstream's one expression would backtrack here. */
function isSysctl(name: string): boolean {
  if (name.length > SYSCTL_LENGTH_MAX) return false;
  return name.split(/[./]/).every((segment) => SYSCTL.test(segment) && !/[-_]$/.test(segment));
}

/** Which namespace of the kernel a sysctl belongs to. Models k8s.io/component-helpers/node/util/sysctl (1.36). */
function namespaceOf(name: string): 'ipc' | 'net' | undefined {
  const dotted = name.includes('/') && name.indexOf('/') < (name + '.').indexOf('.') ? name.replaceAll('/', '.') : name;
  if (dotted === 'kernel.sem' || /^(kernel\.(shm|msg)|fs\.mqueue\.)/.test(dotted)) return 'ipc';
  return dotted.startsWith('net.') ? 'net' : undefined;
}

function checkSysctls(errors: FieldError[], at: string, { sysctls = [] }: PodSecurityContext, spec: PodSpec): void {
  const names = new Set<string>();
  for (const [i, { name }] of sysctls.entries()) {
    const field = `${at}[${i}].name`;
    if (!name) errors.push(fieldError.required(field));
    else if (!isSysctl(name)) {
      const why = `must have at most ${SYSCTL_LENGTH_MAX} characters and match regex ${SYSCTL_FORM}`;
      errors.push(fieldError.invalid(field, name, why));
    } else if (names.has(name)) errors.push(fieldError.duplicate(field, name));
    names.add(name);
    const namespace = namespaceOf(name ?? '');
    if (namespace === 'net' && spec.hostNetwork) {
      errors.push(fieldError.invalid(field, name, "may not be specified when 'hostNetwork' is true"));
    } else if (namespace === 'ipc' && spec.hostIPC) {
      errors.push(fieldError.invalid(field, name, "may not be specified when 'hostIPC' is true"));
    }
  }
}
