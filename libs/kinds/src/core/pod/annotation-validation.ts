import { type FieldError, fieldError, type ObjectMeta } from '#apimachinery';
import type { AppArmorProfile, PodSpec, SeccompProfile } from '../../generated/types.js';
import { checkDescendingPath } from '../../path-rules.js';
import { visitContainers } from './containers-of.js';

export const MIRROR = 'kubernetes.io/config.mirror';
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';

const INT32 = /^(0|-?[1-9][0-9]{0,9})$/;

function isInt32(text: string): boolean {
  return INT32.test(text) && Number(text) === (Number(text) | 0);
}

/** Annotations that mean something to pods. Models ValidatePodSpecificAnnotations (1.36). */
export function checkPodAnnotations(
  errors: FieldError[],
  field: string,
  annotations: Readonly<Record<string, string>> | undefined,
  spec: PodSpec,
): void {
  for (const key in annotations) {
    const value = annotations[key]!;
    if (key === MIRROR) {
      if (!spec.nodeName) {
        const why = 'must set spec.nodeName if mirror pod annotation is set';
        errors.push(fieldError.invalid(`${field}[${key}]`, value, why));
      }
    } else if (key === DELETION_COST) {
      if (!isInt32(value)) errors.push(fieldError.invalid(`${field}[${key}]`, value, 'must be a 32bit integer'));
    } else if (key === SECCOMP_POD || key.startsWith(SECCOMP_CONTAINER)) {
      checkSeccompText(errors, `${field}.${key}`, value);
    } else if (key.startsWith(APP_ARMOR)) checkAppArmorText(errors, `${field}[${key}]`, key, value, spec);
  }
}

function checkSeccompText(errors: FieldError[], at: string, profile: string): void {
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return;
  if (profile.startsWith('localhost/')) checkDescendingPath(errors, at, profile.slice('localhost/'.length));
  else errors.push(fieldError.invalid(at, profile, 'must be a valid seccomp profile'));
}

function checkAppArmorText(errors: FieldError[], at: string, key: string, profile: string, spec: PodSpec): void {
  const name = key.slice(APP_ARMOR.length);
  let isFound = false;
  visitContainers(spec, '', (container) => (isFound ||= container.name === name));
  if (!isFound) errors.push(fieldError.invalid(at, name, 'container not found'));
  const isKnown = profile === '' || profile === 'runtime/default' || profile === 'unconfined';
  if (!isKnown && !profile.startsWith('localhost/')) {
    errors.push(fieldError.invalid(at, profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`));
  }
}

/** Models ValidatePodSpecificAnnotationUpdates (1.36), in what may not change. */
export function checkAnnotationsKept(errors: FieldError[], now: ObjectMeta, before: ObjectMeta): void {
  const { annotations = {} } = now;
  const { annotations: old = {} } = before;
  for (const key of Object.keys(old)) {
    if (annotations[key] === old[key]) continue;
    if (key.startsWith(APP_ARMOR)) refuse(errors, key, 'may not remove or update AppArmor annotations');
    if (key === MIRROR) refuse(errors, key, 'may not remove or update mirror pod annotation');
  }
  for (const key of Object.keys(annotations)) {
    if (Object.hasOwn(old, key)) continue;
    if (key.startsWith(APP_ARMOR)) refuse(errors, key, 'may not add AppArmor annotations');
    if (key === MIRROR) refuse(errors, key, 'may not add mirror pod annotation');
  }
}

function refuse(errors: FieldError[], key: string, why: string): void {
  errors.push(fieldError.forbidden(`metadata.annotations[${key}]`, why));
}

type Profile = SeccompProfile | AppArmorProfile;

/** Old annotations and fields must agree. Models validateSeccompAnnotationsAndFields and its twin for AppArmor (1.36). */
export function checkProfilesAgree(
  errors: FieldError[],
  field: string,
  annotations: Readonly<Record<string, string>> | undefined,
  spec: PodSpec,
): void {
  if (!annotations) return;
  const compare = (at: string, kind: 'seccomp' | 'apparmor', key: string, profile: Profile | undefined) => {
    if (!profile || !Object.hasOwn(annotations, key)) return;
    const text = annotations[key]!;
    const { type, localhostProfile } = profile;
    const isSameType =
      type === 'Unconfined'
        ? text === 'unconfined'
        : type === 'RuntimeDefault'
          ? text === 'runtime/default' || (kind === 'seccomp' && text === 'docker/default')
          : type !== 'Localhost' || text.startsWith('localhost/');
    if (!isSameType) errors.push(fieldError.forbidden(`${at}.type`, `${kind} type in annotation and field must match`));
    else if (type === 'Localhost' && text.slice('localhost/'.length) !== localhostProfile) {
      const why = `${kind} profile in annotation and field must match`;
      errors.push(fieldError.forbidden(`${at}.localhostProfile`, why));
    }
  };
  const ofPod = spec.securityContext;
  compare(`${field}.securityContext.seccompProfile`, 'seccomp', SECCOMP_POD, ofPod?.seccompProfile);
  visitContainers(spec, field, ({ name, securityContext }, at) => {
    const path = `${at}.securityContext.seccompProfile`;
    compare(path, 'seccomp', SECCOMP_CONTAINER + name, securityContext?.seccompProfile);
  });
  if (spec.os?.name === 'windows') return;
  visitContainers(spec, field, ({ name, securityContext }, at) => {
    const profile = securityContext?.appArmorProfile ?? ofPod?.appArmorProfile;
    compare(`${at}.securityContext.appArmorProfile`, 'apparmor', APP_ARMOR + name, profile);
  });
}
