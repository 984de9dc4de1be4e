import { dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import type { PodSpec, WindowsSecurityContextOptions } from '../../generated/types.js';
import { visitContainers } from './containers-of.js';

const CREDENTIAL_KIB_MAX = 64;

/** Models validateWindowsSecurityContextOptions (1.36). */
export function checkWindowsOptions(
  errors: FieldError[],
  at: string,
  { gmsaCredentialSpecName, gmsaCredentialSpec, runAsUserName }: WindowsSecurityContextOptions,
): void {
  if (gmsaCredentialSpecName !== undefined) {
    for (const why of dns1123Subdomain(gmsaCredentialSpecName)) {
      errors.push(fieldError.invalid(`${at}.gmsaCredentialSpecName`, gmsaCredentialSpecName, why));
    }
  }
  if (gmsaCredentialSpec !== undefined) {
    const field = `${at}.gmsaCredentialSpec`;
    const bytes = Buffer.byteLength(gmsaCredentialSpec);
    if (bytes === 0) {
      errors.push(fieldError.invalid(field, gmsaCredentialSpec, 'gmsaCredentialSpec cannot be an empty string'));
    } else if (bytes > CREDENTIAL_KIB_MAX * 1024) {
      const why = `gmsaCredentialSpec size must be under ${CREDENTIAL_KIB_MAX} KiB`;
      errors.push(fieldError.invalid(field, gmsaCredentialSpec, why));
    }
  }
  if (runAsUserName !== undefined) {
    for (const why of userNameErrors(runAsUserName)) {
      errors.push(fieldError.invalid(`${at}.runAsUserName`, runAsUserName, why));
    }
  }
}

const NET_BIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS_LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const DNS_DOMAIN = new RegExp(`^${DNS_LABEL}(?:\\.${DNS_LABEL})*$`);
const DOMAIN_LENGTH_MAX = 256;
const USER_LENGTH_MAX = 104;

/** 'DOMAIN\user' or 'user'. */
function userNameErrors(text: string): string[] {
  if (text === '') return ['runAsUserName cannot be an empty string'];
  if (/\p{Cc}/u.test(text)) return ['runAsUserName cannot contain control characters'];
  const parts = text.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1)!;
  const messages: string[] = [];
  if (parts.length === 2) {
    const domain = parts[0]!;
    if (Buffer.byteLength(domain) >= DOMAIN_LENGTH_MAX) {
      messages.push(`runAsUserName's Domain length must be under ${DOMAIN_LENGTH_MAX} characters`);
    }
    if (!NET_BIOS.test(domain) && !DNS_DOMAIN.test(domain)) {
      messages.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
    }
  }
  if (user === '') messages.push("runAsUserName's User cannot be empty");
  else if (Buffer.byteLength(user) > USER_LENGTH_MAX) {
    messages.push(`runAsUserName's User length must not be longer than ${USER_LENGTH_MAX} characters`);
  }
  if (/^[. ]+$/.test(user)) messages.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    messages.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  }
  return messages;
}

/** Containers that are processes of a Windows host: all of a pod or none. Models validateWindowsHostProcessPod (1.36). */
export function checkHostProcess(errors: FieldError[], field: string, spec: PodSpec): void {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  let count = 0;
  let hostProcesses = 0;
  visitContainers(spec, field, ({ securityContext }, at) => {
    count++;
    const own = securityContext?.windowsOptions?.hostProcess;
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const why = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
      errors.push(fieldError.invalid(`${at}.securityContext.windowsOptions.hostProcess`, own, why));
    }
    if (own ?? ofPod) hostProcesses++;
  });
  if (hostProcesses === 0) return;
  if (hostProcesses !== count) {
    const why = 'If pod contains any hostProcess containers then all containers must be HostProcess containers';
    errors.push(fieldError.invalid(field, '', why));
  }
  if (!spec.hostNetwork) {
    const why = 'hostNetwork must be true if pod contains any hostProcess containers';
    errors.push(fieldError.invalid(`${field}.hostNetwork`, false, why));
  }
}

/** What a pod may not say for an operating system. Models validateOS, validateLinux and validateWindows (1.36). */
export function checkOs(errors: FieldError[], field: string, spec: PodSpec): void {
  const { os } = spec;
  if (!os) return;
  if (!os.name) errors.push(fieldError.required(`${field}.os.name`, 'cannot be empty'));
  else if (os.name === 'linux') checkLinux(errors, field, spec);
  else if (os.name === 'windows') checkWindows(errors, field, spec);
  else errors.push(fieldError.notSupported(`${field}.os`, os.name, ['linux', 'windows']));
}

function checkLinux(errors: FieldError[], field: string, spec: PodSpec): void {
  const why = 'windows options cannot be set for a linux pod';
  if (spec.securityContext?.windowsOptions) {
    errors.push(fieldError.forbidden(`${field}.securityContext.windowsOptions`, why));
  }
  visitContainers(spec, field, ({ securityContext }, at) => {
    if (securityContext?.windowsOptions) {
      errors.push(fieldError.forbidden(`${at}.securityContext.windowsOptions`, why));
    }
  });
}

const LINUX_OF_POD = [
  ...['securityContext.appArmorProfile', 'securityContext.seLinuxOptions', 'hostUsers', 'hostPID', 'hostIPC'],
  ...['securityContext.seccompProfile', 'securityContext.fsGroup', 'securityContext.fsGroupChangePolicy'],
  ...['securityContext.sysctls', 'shareProcessNamespace', 'securityContext.runAsUser', 'securityContext.runAsGroup'],
  ...['securityContext.supplementalGroups', 'securityContext.supplementalGroupsPolicy'],
  'securityContext.seLinuxChangePolicy',
];
const LINUX_OF_CONTAINER = [
  ...['appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities', 'readOnlyRootFilesystem', 'privileged'],
  ...['allowPrivilegeEscalation', 'procMount', 'runAsUser', 'runAsGroup'],
] as const;
/** Plain booleans in Go, where false is the same as unset. */
const PLAIN = new Set(['hostPID', 'hostIPC']);

function checkWindows(errors: FieldError[], field: string, spec: PodSpec): void {
  const why = 'cannot be set for a windows pod';
  for (const path of LINUX_OF_POD) {
    const [first, second] = path.split('.') as [keyof PodSpec, string?];
    const value = spec[first];
    const set = second === undefined ? value : (value as Record<string, unknown> | undefined)?.[second];
    if (set === undefined || (PLAIN.has(path) && set === false)) continue;
    errors.push(fieldError.forbidden(`${field}.${path}`, why));
  }
  visitContainers(spec, field, ({ securityContext }, at) => {
    if (!securityContext) return;
    for (const name of LINUX_OF_CONTAINER) {
      if (securityContext[name] !== undefined) errors.push(fieldError.forbidden(`${at}.securityContext.${name}`, why));
    }
  });
}
