import { deepEqual, dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { checkConditions } from '../condition-rules.js';
import { defineKind, statusAlone } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import type {
  V1alpha3PoolStatus,
  V1alpha3ResourcePoolStatusRequest,
  V1alpha3ResourcePoolStatusRequestSpec,
  V1alpha3ResourcePoolStatusRequestStatus,
} from '../generated/types.js';
import { checkItems } from '../list-rules.js';
import { checkDriverName, checkPoolName } from './name-rules.js';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;
const POOLS_MAX = 1000;
const CONDITIONS_MAX = 10;
const ERROR_BYTES_MAX = 256;
/** Of a pool's status, with the least that each may be. */
const COUNTS = {
  generation: 0,
  resourceSliceCount: 1,
  totalDevices: 0,
  allocatedDevices: 0,
  availableDevices: 0,
  unavailableDevices: 0,
} as const;

function checkAtLeast(errors: FieldError[], field: string, value: number | undefined, min: number): void {
  if (value === undefined || value >= min) return;
  errors.push(fieldError.invalid(field, value, `must be greater than or equal to ${min}`));
}

/** Missing, and nothing more to say. */
function checkDriver(errors: FieldError[], field: string, name: string | undefined): void {
  if (name) checkDriverName(errors, field, name);
  else errors.push(fieldError.required(field));
}

function specErrors(spec: Partial<V1alpha3ResourcePoolStatusRequestSpec> = {}): FieldError[] {
  const errors: FieldError[] = [];
  const { driver, poolName, limit } = spec;
  checkDriver(errors, 'spec.driver', driver);
  if (poolName !== undefined) checkPoolName(errors, 'spec.poolName', poolName);
  checkAtLeast(errors, 'spec.limit', limit, 1);
  if (limit !== undefined && limit > LIMIT_MAX) {
    errors.push(fieldError.invalid('spec.limit', limit, `must be less than or equal to ${LIMIT_MAX}`));
  }
  return errors;
}

function statusErrors(status: Partial<V1alpha3ResourcePoolStatusRequestStatus>): FieldError[] {
  const errors: FieldError[] = [];
  const { poolCount, pools, conditions = [] } = status;
  if (poolCount === undefined) errors.push(fieldError.required('status.poolCount'));
  checkAtLeast(errors, 'status.poolCount', poolCount, 0);
  checkItems(errors, 'status.pools', pools, POOLS_MAX, checkPoolStatus);
  if (conditions.length > CONDITIONS_MAX) {
    errors.push(fieldError.tooMany('status.conditions', conditions.length, CONDITIONS_MAX));
  } else checkConditions(errors, 'status.conditions', conditions);
  return errors;
}

function checkPoolStatus(errors: FieldError[], at: string, pool: V1alpha3PoolStatus): void {
  checkDriver(errors, `${at}.driver`, pool.driver);
  checkPoolName(errors, `${at}.poolName`, pool.poolName);
  for (const [name, min] of Object.entries(COUNTS) as [keyof typeof COUNTS, number][]) {
    checkAtLeast(errors, `${at}.${name}`, pool[name], min);
  }
  const { nodeName, validationError = '' } = pool;
  for (const why of nodeName === undefined ? [] : dns1123Subdomain(nodeName)) {
    errors.push(fieldError.invalid(`${at}.nodeName`, nodeName, why));
  }
  if (Buffer.byteLength(validationError) > ERROR_BYTES_MAX) {
    errors.push(fieldError.tooLong(`${at}.validationError`, ERROR_BYTES_MAX));
  }
}

/**
 * Asked once, answered once. Models pkg/registry/resource/resourcepoolstatusrequest and the rules that are declared with
 * its type (1.36).
 */
export const resourcePoolStatusRequestKind = defineKind<V1alpha3ResourcePoolStatusRequest>({
  apiVersion: 'resource.k8s.io/v1alpha3',
  resource: 'resourcepoolstatusrequests',
  unconditionalUpdate: false,
  applyDefaults({ spec }) {
    if (spec) spec.limit ??= LIMIT_DEFAULT;
  },
  validateCreate: ({ spec }) => specErrors(spec),
  validateUpdate: ({ spec }, old) =>
    deepEqual(spec ?? {}, old.spec ?? {}) ? [] : [fieldError.invalid('spec', spec, IMMUTABLE)],
  validateStatusUpdate({ status }, old) {
    if (!old.status) return status ? statusErrors(status) : [];
    return deepEqual(status, old.status) ? [] : [fieldError.invalid('status', status, IMMUTABLE)];
  },
  subresources: [statusAlone<V1alpha3ResourcePoolStatusRequest>()],
});
