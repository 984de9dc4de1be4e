import { type ObjectMeta, parseQuantity } from '#apimachinery';
import type { Container, EphemeralContainer, PodSpec, PodTemplateSpec } from '../../generated/types.js';
import { deprecatedLabel, warnOfTerm } from '../node-warnings.js';
import { visitContainers } from './containers-of.js';
import { warnOfPorts } from './port-warnings.js';
import { warnOfVolumes } from './volume-warnings.js';

/** What is legal in a pod but surely not meant. Models pkg/api/pod/warnings.go (1.36). */
export function podWarnings(metadata: Pick<ObjectMeta, 'annotations'>, spec: PodSpec, prefix = ''): string[] {
  const warnings: string[] = [];
  warnOfPlacement(warnings, `${prefix}spec`, spec);
  if (metadata.annotations) warnOfAnnotations(warnings, `${prefix}metadata.annotations`, metadata.annotations, spec);
  if (spec.volumes) warnOfVolumes(warnings, `${prefix}spec.volumes`, spec.volumes);
  warnOfDoubles(warnings, `${prefix}spec`, spec);
  if (spec.overhead) warnOfFractions(warnings, `${prefix}spec.overhead`, spec.overhead);
  const hasPodProfile = spec.securityContext?.appArmorProfile !== undefined;
  visitContainers(spec, `${prefix}spec`, (container, at) => {
    const { resources, env } = container;
    if (metadata.annotations && prefix && !hasPodProfile) {
      warnOfAppArmor(warnings, `${prefix}metadata.annotations`, metadata.annotations, container);
    }
    if (resources?.limits) warnOfFractions(warnings, `${at}.resources.limits`, resources.limits);
    if (resources?.requests) warnOfFractions(warnings, `${at}.resources.requests`, resources.requests);
    if (env && env.length > 1) warnOfHidden(warnings, `${at}.env`, env);
  });
  warnOfPorts(warnings, `${prefix}spec`, spec);
  const grace = spec.terminationGracePeriodSeconds;
  if (grace !== undefined && grace < 0) {
    warnings.push(
      `${prefix}spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
    );
  }
  warnOfSelectors(warnings, `${prefix}spec.affinity`, spec);
  return warnings;
}

/** Of a template at `field` ('spec.template'). Models GetWarningsForPodTemplate (1.36). */
export function templateWarnings(field: string, template: PodTemplateSpec | undefined): string[] {
  return template?.spec ? podWarnings(template.metadata ?? {}, template.spec, `${field}.`) : [];
}

function warnOfPlacement(warnings: string[], at: string, spec: PodSpec): void {
  for (const key in spec.nodeSelector) {
    const why = deprecatedLabel(key);
    if (why) warnings.push(`${at}.nodeSelector[${key}]: ${why}`);
  }
  const affinity = spec.affinity?.nodeAffinity;
  if (affinity) {
    const required = affinity.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
    const path = `${at}.affinity.nodeAffinity`;
    for (const [i, term] of required.entries()) {
      warnOfTerm(warnings, `${path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`, term);
    }
    for (const [i, { preference }] of (affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      warnOfTerm(warnings, `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`, preference);
    }
  }
  for (const [i, { topologyKey, labelSelector }] of (spec.topologySpreadConstraints ?? []).entries()) {
    const path = `${at}.topologySpreadConstraints[${i}]`;
    const why = deprecatedLabel(topologyKey);
    if (why) warnings.push(`${path}.topologyKey: ${topologyKey} is ${why}`);
    if (!labelSelector) warnings.push(`${path}.labelSelector: ${NO_SELECTOR}`);
  }
}

const NO_SELECTOR = 'a null labelSelector results in matching no pod';

function warnOfSelectors(warnings: string[], at: string, { affinity }: PodSpec): void {
  for (const name of ['podAffinity', 'podAntiAffinity'] as const) {
    const terms = affinity?.[name];
    if (!terms) continue;
    for (const [i, { labelSelector }] of (terms.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      const field = `${at}.${name}.requiredDuringSchedulingIgnoredDuringExecution[${i}].labelSelector`;
      if (!labelSelector) warnings.push(`${field}: ${NO_SELECTOR}`);
    }
    for (const [i, { podAffinityTerm }] of (terms.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      const field = `${at}.${name}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm.labelSelector`;
      if (!podAffinityTerm.labelSelector) warnings.push(`${field}: ${NO_SELECTOR}`);
    }
  }
}

const NON_FUNCTIONAL: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const SECCOMP_MESSAGE = 'non-functional in v1.27+; use the "seccompProfile" field instead';

function warnOfAnnotations(
  warnings: string[],
  at: string,
  annotations: Readonly<Record<string, string>>,
  spec: PodSpec,
): void {
  for (const [key, why] of Object.entries(NON_FUNCTIONAL)) {
    if (Object.hasOwn(annotations, key)) warnings.push(`${at}[${key}]: ${why}`);
  }
  if (Object.hasOwn(annotations, SECCOMP_POD) && !spec.securityContext?.seccompProfile) {
    warnings.push(`${at}[${SECCOMP_POD}]: ${SECCOMP_MESSAGE}`);
  }
  visitContainers(spec, '', ({ name, securityContext }) => {
    const key = SECCOMP_CONTAINER + name;
    if (Object.hasOwn(annotations, key) && !securityContext?.seccompProfile) {
      warnings.push(`${at}[${key}]: ${SECCOMP_MESSAGE}`);
    }
  });
}

function warnOfAppArmor(
  warnings: string[],
  at: string,
  annotations: Readonly<Record<string, string>>,
  { name, securityContext }: Container | EphemeralContainer,
): void {
  const key = APP_ARMOR + name;
  if (securityContext?.appArmorProfile || !Object.hasOwn(annotations, key)) return;
  warnings.push(`${at}[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`);
}

function warnOfDoubles(warnings: string[], at: string, { hostAliases, imagePullSecrets }: PodSpec): void {
  if (hostAliases && hostAliases.length > 1) {
    const ips = new Set<string>();
    for (const [i, { ip }] of hostAliases.entries()) {
      if (ips.has(ip)) warnings.push(`${at}.hostAliases[${i}].ip: duplicate ip ${JSON.stringify(ip)}`);
      ips.add(ip);
    }
  }
  if (!imagePullSecrets) return;
  const names = new Set<string>();
  for (const [i, { name = '' }] of imagePullSecrets.entries()) {
    const field = `${at}.imagePullSecrets[${i}].name`;
    if (names.has(name)) warnings.push(`${field}: duplicate name ${JSON.stringify(name)}`);
    names.add(name);
  }
  for (const [i, { name = '' }] of imagePullSecrets.entries()) {
    if (!name) warnings.push(`${at}.imagePullSecrets[${i}].name: invalid empty name ""`);
  }
}

/** Bytes come whole; '100m' of memory was meant to be '100Mi'. */
function warnOfFractions(warnings: string[], at: string, list: Readonly<Record<string, string>>): void {
  for (const name of ['memory', 'ephemeral-storage']) {
    const text = list[name];
    // Only these suffixes can make a fraction.
    if (text === undefined || !/[mun.]|e-/.test(text)) continue;
    const quantity = parseQuantity(text);
    if (quantity.milliValue() % 1000n !== 0n) {
      const shown = JSON.stringify(quantity.toString());
      warnings.push(`${at}[${name}]: fractional byte value ${shown} is invalid, must be an integer`);
    }
  }
}

function warnOfHidden(warnings: string[], at: string, env: NonNullable<Container['env']>): void {
  const names = new Set<string>();
  for (const [i, { name, value = '', valueFrom }] of env.entries()) {
    const ref = `$(${name})`;
    // One that builds on the value before it is fine.
    if (names.has(name) && (valueFrom || value === ref || !value.includes(ref))) {
      const shown = JSON.stringify(name);
      warnings.push(`${at}[${i}]: hides previous definition of ${shown}, which may be dropped when using apply`);
    }
    names.add(name);
  }
}
