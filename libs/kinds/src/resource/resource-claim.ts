import { deepEqual, type FieldError, fieldError, type KubeObject } from '#apimachinery';
import { statusAlone } from '../define-kind.js';
import type { KindSource } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import type { ResourceClaimStatus, ResourceV1ResourceClaim } from '../generated/types.js';
import type { Subresource } from '../kind.js';
import { claimStatusErrors, withoutDeallocated } from './claim-status-rules.js';
import { claimTable } from './claim-table.js';
import { checkDeviceClaim } from './device-claim-rules.js';

interface AnyClaim extends KubeObject {
  spec: object;
  status?: ResourceClaimStatus;
}

/**
 * Of every version: rules speak of the shape of v1, which `v1Of` gives, and so do their errors, as upstream's do.
 * Models pkg/registry/resource/resourceclaim and ValidateResourceClaim (1.36). What is asked for never changes.
 */
export function resourceClaimRules<T extends AnyClaim>(
  v1Of: (claim: T) => ResourceV1ResourceClaim,
): Omit<KindSource<T>, 'apiVersion'> {
  const specErrors = (claim: T): FieldError[] => {
    const errors: FieldError[] = [];
    checkDeviceClaim(errors, 'spec.devices', v1Of(claim).spec?.devices);
    return errors;
  };
  return {
    resource: 'resourceclaims',
    table: claimTable,
    validateCreate: specErrors,
    validateUpdate(claim, old) {
      if (deepEqual(claim.spec ?? {}, old.spec ?? {})) return [];
      return [...specErrors(claim), fieldError.invalid('spec', v1Of(claim).spec, IMMUTABLE)];
    },
    validateStatusUpdate: (claim, old) => claimStatusErrors(v1Of(claim), v1Of(old)),
    subresources: [claimStatus<T>()],
  };
}

function claimStatus<T extends AnyClaim>(): Subresource<T> {
  const plain = statusAlone<T>();
  return {
    ...plain,
    merge(stored, body, env) {
      const merged = plain.merge!(stored, body, env);
      return { ...merged, status: withoutDeallocated(merged.status ?? {}, stored.status) };
    },
  };
}
