import { deepEqual, type FieldError, fieldError, type KubeObject, StatusError } from '#apimachinery';
import type { Pod } from '../../generated/types.js';
import { shapeDiff } from '../../internal/shape-diff.js';
import { MIRROR } from './annotation-validation.js';
import { applyPodSpecDefaults } from './pod-spec-defaults.js';

/**
 * pods/ephemeralcontainers: adds debug containers to a running pod; those that are there stay.
 * Models ValidatePodEphemeralContainersUpdate (1.36); the rest of the pod is checked as on every update.
 */
export function mergeEphemeralContainers(stored: Pod, body: KubeObject): Pod {
  const wanted = (body as Pod).spec?.ephemeralContainers ?? [];
  const errors: FieldError[] = [];
  if (stored.metadata.annotations && Object.hasOwn(stored.metadata.annotations, MIRROR)) {
    errors.push(fieldError.forbidden('', 'static pods do not support ephemeral containers'));
  }
  const at = 'spec.ephemeralContainers';
  for (const old of stored.spec.ephemeralContainers ?? []) {
    const now = wanted.find(({ name }) => name === old.name);
    const subject = `existing ephemeral containers ${JSON.stringify(old.name)}`;
    if (!now) errors.push(fieldError.forbidden(at, `${subject} may not be removed\n`));
    else if (!deepEqual(now, old)) {
      errors.push(
        fieldError.forbidden(at, `${subject} may not be changed\n${shapeDiff('EphemeralContainer', old, now)}`),
      );
    }
  }
  if (errors.length > 0) {
    throw StatusError.invalid({ group: '', kind: 'Pod' }, stored.metadata.name ?? '', errors);
  }
  const spec = { ...stored.spec, ephemeralContainers: wanted };
  applyPodSpecDefaults(spec);
  return { ...stored, metadata: withVersionOf(stored, body), spec };
}

/** The body's resourceVersion is the writer's precondition. */
export function withVersionOf(stored: Pod, { metadata: { resourceVersion } }: KubeObject): Pod['metadata'] {
  return resourceVersion === undefined ? stored.metadata : { ...stored.metadata, resourceVersion };
}
