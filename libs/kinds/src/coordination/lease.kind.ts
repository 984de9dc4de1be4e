import { type FieldError, fieldError, rfc3339Micro } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { Lease } from '../generated/types.js';
import { checkStrategy } from './lease-strategy.js';

/** Models pkg/registry/coordination/lease and ValidateLeaseSpec (1.36). */
export const leaseKind = defineKind<Lease>({
  apiVersion: 'coordination.k8s.io/v1',
  resource: 'leases',
  createOnUpdate: true,
  table: tableOf<Lease>([column('Holder')], ({ spec }) => [spec?.holderIdentity ?? '']),
  validate({ spec }) {
    const errors: FieldError[] = [];
    const seconds = spec?.leaseDurationSeconds;
    if (seconds !== undefined && seconds <= 0) {
      errors.push(fieldError.invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
    }
    const transitions = spec?.leaseTransitions;
    if (transitions !== undefined && transitions < 0) {
      errors.push(fieldError.invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'));
    }
    const { strategy, preferredHolder } = spec ?? {};
    if (strategy !== undefined) checkStrategy(errors, 'spec.strategy', strategy);
    if (preferredHolder && !strategy) {
      errors.push(fieldError.forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined'));
    }
    return errors;
  },
  alive: (lease, lastBeatMs) => ({ ...lease, spec: { ...lease.spec, renewTime: rfc3339Micro(lastBeatMs) } }),
});
