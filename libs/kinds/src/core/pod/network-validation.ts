import { dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { checkIp } from '../../field-rules.js';
import type { HostAlias, PodSpec } from '../../generated/types.js';
import { visitContainers } from './containers-of.js';

const NAMESERVERS_MAX = 3;
const SEARCHES_MAX = 32;
const SEARCH_LENGTH_MAX = 2048;

/** A DNS name in which underscores are fine, too. Models IsDNS1123SubdomainWithUnderscore (1.36). */
const SEARCH_LABEL = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SEARCH_FORM = `${SEARCH_LABEL}(\\.${SEARCH_LABEL})*`;
const SEARCH = new RegExp(`^${SEARCH_FORM}$`);

function searchErrors(name: string): string[] {
  if (name.length > 253) return ['must be no more than 253 characters'];
  if (SEARCH.test(name)) return [];
  return [
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character" +
      ` (e.g. 'example.com', regex used for validation is '${SEARCH_FORM}')`,
  ];
}

/** Models validatePodDNSConfig (1.36). */
export function checkDns(errors: FieldError[], at: string, { dnsConfig, dnsPolicy }: PodSpec): void {
  if (dnsPolicy === 'None' && !dnsConfig) {
    errors.push(fieldError.required(at, 'must provide `dnsConfig` when `dnsPolicy` is None'));
    return;
  }
  if (!dnsConfig) return;
  const { nameservers = [], searches = [], options = [] } = dnsConfig;
  if (dnsPolicy === 'None' && nameservers.length === 0) {
    const why = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    errors.push(fieldError.required(`${at}.nameservers`, why));
    return;
  }
  if (nameservers.length > NAMESERVERS_MAX) {
    const why = `must not have more than ${NAMESERVERS_MAX} nameservers`;
    errors.push(fieldError.invalid(`${at}.nameservers`, nameservers, why));
  }
  for (const [i, server] of nameservers.entries()) checkIp(errors, `${at}.nameservers[${i}]`, server);
  if (searches.length > SEARCHES_MAX) {
    const why = `must not have more than ${SEARCHES_MAX} search paths`;
    errors.push(fieldError.invalid(`${at}.searches`, searches, why));
  }
  if (searches.join(' ').length > SEARCH_LENGTH_MAX) {
    const why = `must not have more than ${SEARCH_LENGTH_MAX} characters (including spaces) in the search list`;
    errors.push(fieldError.invalid(`${at}.searches`, searches, why));
  }
  for (const [i, search] of searches.entries()) {
    const name = search.endsWith('.') ? search.slice(0, -1) : search;
    if (search === '.') continue;
    for (const why of searchErrors(name)) errors.push(fieldError.invalid(`${at}.searches[${i}]`, name, why));
  }
  for (const [i, { name }] of options.entries()) {
    if (!name) errors.push(fieldError.required(`${at}.options[${i}]`, 'must not be empty'));
  }
}

/** Models ValidateHostAliases (1.36). */
export function checkHostAliases(errors: FieldError[], field: string, aliases: readonly HostAlias[]): void {
  for (const [i, { ip, hostnames = [] }] of aliases.entries()) {
    checkIp(errors, `${field}[${i}].ip`, ip);
    for (const [k, name] of hostnames.entries()) {
      for (const why of dns1123Subdomain(name)) {
        errors.push(fieldError.invalid(`${field}[${i}].hostnames[${k}]`, name, why));
      }
    }
  }
}

/** On the host's network a port is the host's; in templates it may be left out. Models validatePodHostNetworkDeps (1.36). */
export function checkHostNetwork(errors: FieldError[], field: string, spec: PodSpec, isPod: boolean): void {
  for (const [i, { ports }] of (spec.containers ?? []).entries()) {
    for (const [k, { hostPort = 0, containerPort }] of (ports ?? []).entries()) {
      if ((isPod || hostPort !== 0) && hostPort !== containerPort) {
        const why = 'must match `containerPort` when `hostNetwork` is true';
        errors.push(fieldError.invalid(`${field}.containers[${i}].ports[${k}].hostPort`, hostPort, why));
      }
    }
  }
}

/** Models validateHostUsers (1.36), whose paths are spelled as Go spells two of the fields. */
export function checkHostUsers(errors: FieldError[], field: string, spec: PodSpec): void {
  if (spec.hostUsers !== false) return;
  const why = 'when `hostUsers` is false';
  if (spec.hostNetwork) errors.push(fieldError.forbidden(`${field}.hostNetwork`, why));
  if (spec.hostPID) errors.push(fieldError.forbidden(`${field}.HostPID`, why));
  if (spec.hostIPC) errors.push(fieldError.forbidden(`${field}.HostIPC`, why));
  visitContainers(spec, field, ({ volumeDevices }, at) => {
    if (volumeDevices?.length) errors.push(fieldError.forbidden(`${at}.volumeDevices`, why));
  });
}

/** What the kernel takes as a host's name. */
const HOSTNAME_LENGTH_MAX = 64;

/** Models validatePodHostName (1.36). */
export function checkHostname(errors: FieldError[], field: string, spec: PodSpec): void {
  const { hostnameOverride: name } = spec;
  if (name === undefined) return;
  const at = `${field}.hostnameOverride`;
  if (spec.setHostnameAsFQDN) {
    errors.push(fieldError.forbidden(at, 'may not be specified when setHostnameAsFQDN is true'));
  }
  if (spec.hostNetwork) errors.push(fieldError.forbidden(at, 'may not be specified when hostNetwork is true'));
  if (name.length > HOSTNAME_LENGTH_MAX) errors.push(fieldError.tooLong(at, HOSTNAME_LENGTH_MAX));
  for (const why of dns1123Subdomain(name)) errors.push(fieldError.invalid(at, name, why));
}
