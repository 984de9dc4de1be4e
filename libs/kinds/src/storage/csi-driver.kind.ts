import { deepEqual, type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { checkOneOf, IMMUTABLE } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { CSIDriver, CSIDriverSpec, StorageV1TokenRequest } from '../generated/types.js';

const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];
const LIFECYCLE_MODES = ['Persistent', 'Ephemeral'];
const UPDATE_SECONDS_MIN = 10;
const TOKEN_SECONDS_MIN = 600;
const TOKEN_SECONDS_MAX = 2 ** 32;

/** Models validateTokenRequests (1.36): each audience once. */
function checkTokenRequests(errors: FieldError[], requests: readonly StorageV1TokenRequest[] = []): void {
  const seen = new Set<string>();
  for (const [i, { audience = '', expirationSeconds }] of requests.entries()) {
    const at = `spec.tokenRequests[${i}]`;
    if (seen.has(audience)) {
      errors.push(fieldError.duplicate(`${at}.audience`, audience));
      continue;
    }
    seen.add(audience);
    const seconds = expirationSeconds ?? TOKEN_SECONDS_MIN;
    const wrong = (why: string) => errors.push(fieldError.invalid(`${at}.expirationSeconds`, seconds, why));
    if (seconds < TOKEN_SECONDS_MIN) wrong('may not specify a duration less than 10 minutes');
    if (seconds > TOKEN_SECONDS_MAX) wrong('may not specify a duration larger than 2^32 seconds');
  }
}

/** Models validateCSIDriverSpec (1.36). What defaults fill in is never missing. */
function specErrors(spec: CSIDriverSpec): FieldError[] {
  const errors: FieldError[] = [];
  checkOneOf(errors, 'spec.fsGroupPolicy', spec.fsGroupPolicy, GROUP_POLICIES);
  checkTokenRequests(errors, spec.tokenRequests);
  for (const mode of spec.volumeLifecycleModes ?? []) {
    checkOneOf(errors, 'spec.volumeLifecycleModes', mode, LIFECYCLE_MODES);
  }
  const seconds = spec.nodeAllocatableUpdatePeriodSeconds;
  if (seconds !== undefined && seconds < UPDATE_SECONDS_MIN) {
    const why = `must be greater than or equal to ${UPDATE_SECONDS_MIN} seconds`;
    errors.push(fieldError.invalid('spec.nodeAllocatableUpdatePeriodSeconds', seconds, why));
  }
  return errors;
}

/** Models pkg/registry/storage/csidriver, pkg/apis/storage/v1 defaults and ValidateCSIDriver (1.36). */
export const csiDriverKind = defineKind<CSIDriver>({
  apiVersion: 'storage.k8s.io/v1',
  resource: 'csidrivers',
  table: tableOf<CSIDriver>(
    [
      column('AttachRequired', 'boolean'),
      column('PodInfoOnMount', 'boolean'),
      column('StorageCapacity', 'boolean'),
      column('TokenRequests'),
      column('RequiresRepublish', 'boolean'),
      column('Modes'),
    ],
    ({ spec }) => [
      spec.attachRequired ?? true,
      spec.podInfoOnMount ?? false,
      spec.storageCapacity ?? false,
      spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>',
      spec.requiresRepublish ?? false,
      spec.volumeLifecycleModes?.join(',') || '<none>',
    ],
  ),
  applyDefaults({ spec }) {
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
  /** The number is not set when it is made: it counts changes only. */
  prepareForUpdate({ spec, metadata }, old) {
    if (!deepEqual(spec, old.spec)) metadata.generation = (old.metadata.generation ?? 0) + 1;
  },
  validate: ({ spec }) => specErrors(spec),
  // The first field's name is upstream's own slip.
  validateUpdate({ spec }, { spec: before }) {
    const errors: FieldError[] = [];
    if (spec.attachRequired !== before.attachRequired) {
      errors.push(fieldError.invalid('spec.attachedRequired', spec.attachRequired, IMMUTABLE));
    }
    if (!deepEqual(spec.volumeLifecycleModes, before.volumeLifecycleModes)) {
      errors.push(fieldError.invalid('spec.volumeLifecycleModes', spec.volumeLifecycleModes, IMMUTABLE));
    }
    return errors;
  },
});
