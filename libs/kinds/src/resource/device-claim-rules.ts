import { dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { checkName } from '../field-rules.js';
import type {
  DeviceClaim,
  DeviceConstraint,
  DeviceRequest,
  DeviceSubRequest,
  ExactDeviceRequest,
  V1beta1DeviceClaim,
} from '../generated/types.js';
import { checkConfiguration } from './device-config-rules.js';
import { checkSelectors, SelectorBudget } from './device-selector-rules.js';
import { checkTolerations } from './device-taint-rules.js';
import { checkItems, checkSet } from '../list-rules.js';
import { checkFullAttributeName, checkLabelName } from './name-rules.js';

/** Which devices are asked for. Models validateDeviceClaim of pkg/apis/resource/validation (1.36). */

const REQUESTS_MAX = 32;
const ALTERNATIVES_MAX = 8;
const CONSTRAINTS_MAX = 32;
const CONFIGURATIONS_MAX = 32;
const MODES = ['All', 'ExactCount'];

/** Of each request, its alternatives. */
export type RequestNames = ReadonlyMap<string, ReadonlySet<string>>;

export function requestNamesOf({ requests = [] }: DeviceClaim = {}): RequestNames {
  return new Map(
    requests.map(({ name = '', firstAvailable = [] }) => [name, new Set(firstAvailable.map((one) => one.name ?? ''))]),
  );
}

/** At `at`, of a claim or of a template of claims. */
export function checkDeviceClaim(errors: FieldError[], at: string, claim: DeviceClaim = {}): void {
  const names = requestNamesOf(claim);
  const budget = new SelectorBudget();
  const check = (all: FieldError[], one: string, request: DeviceRequest) => checkRequest(all, one, request, budget);
  checkSet(errors, `${at}.requests`, claim.requests, REQUESTS_MAX, check, ({ name = '' }) => name);
  checkItems(errors, `${at}.constraints`, claim.constraints, CONSTRAINTS_MAX, (all, one, constraint) =>
    checkConstraint(all, one, constraint, names),
  );
  checkItems(errors, `${at}.config`, claim.config, CONFIGURATIONS_MAX, (all, one, config) => {
    checkRequestRefs(all, `${one}.requests`, config.requests, names);
    checkConfiguration(all, one, config);
  });
}

function checkRequest(
  errors: FieldError[],
  at: string,
  { name, exactly, firstAvailable = [] }: DeviceRequest,
  budget: SelectorBudget,
): void {
  checkLabelName(errors, `${at}.name`, name);
  const wanted = 'exactly one of `exactly` or `firstAvailable` is required';
  if (exactly && firstAvailable.length > 0) {
    errors.push(fieldError.invalid(at, null, `${wanted}, but multiple fields are set`));
  } else if (exactly) {
    checkExactRequest(errors, `${at}.exactly`, exactly, budget);
  } else if (firstAvailable.length === 0) {
    errors.push(fieldError.required(at, wanted));
  } else {
    const check = (all: FieldError[], one: string, request: DeviceSubRequest) => {
      checkLabelName(all, `${one}.name`, request.name);
      checkExactRequest(all, one, request, budget);
    };
    checkSet(errors, `${at}.firstAvailable`, firstAvailable, ALTERNATIVES_MAX, check, (one) => one.name ?? '');
  }
}

/** What a request and its alternatives have in common. */
function checkExactRequest(
  errors: FieldError[],
  at: string,
  { deviceClassName, selectors, allocationMode = '', count = 0, tolerations }: ExactDeviceRequest,
  budget: SelectorBudget,
): void {
  checkName(errors, `${at}.deviceClassName`, deviceClassName, dns1123Subdomain);
  checkSelectors(errors, `${at}.selectors`, selectors, { budget });
  if (allocationMode === 'All') {
    const why = "must not be specified when allocationMode is 'All'";
    if (count !== 0) errors.push(fieldError.invalid(`${at}.count`, count, why));
  } else if (allocationMode !== 'ExactCount') {
    errors.push(fieldError.notSupported(`${at}.allocationMode`, allocationMode, MODES));
  } else if (count <= 0) {
    errors.push(fieldError.invalid(`${at}.count`, count, 'must be greater than zero'));
  }
  checkTolerations(errors, `${at}.tolerations`, tolerations);
}

function checkConstraint(
  errors: FieldError[],
  at: string,
  { requests, matchAttribute, distinctAttribute }: DeviceConstraint,
  names: RequestNames,
): void {
  checkRequestRefs(errors, `${at}.requests`, requests, names);
  if (matchAttribute !== undefined) checkFullAttributeName(errors, `${at}.matchAttribute`, matchAttribute);
  else if (distinctAttribute !== undefined) {
    checkFullAttributeName(errors, `${at}.distinctAttribute`, distinctAttribute);
  } else {
    // The second half is upstream's own slip: nothing is set here.
    const why = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set';
    errors.push(fieldError.required(at, why));
  }
}

const identity = (text: string): string => text;

export function checkRequestRefs(
  errors: FieldError[],
  field: string,
  refs: readonly string[] | undefined,
  names: RequestNames,
): void {
  checkSet(errors, field, refs, REQUESTS_MAX, (all, at, ref) => checkRequestRef(all, at, ref, names), identity);
}

/** 'request' or 'request/alternative'. Models validateRequestNameRef. */
export function checkRequestRef(errors: FieldError[], field: string, ref: string, names: RequestNames): void {
  const why = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
  const [request, alternative, ...more] = ref.split('/') as [string, ...string[]];
  if (more.length > 0) return void errors.push(fieldError.invalid(field, ref, why));
  checkLabelName(errors, field, request);
  if (alternative !== undefined) checkLabelName(errors, field, alternative);
  const alternatives = names.get(request);
  if (!alternatives || (alternative !== undefined && !alternatives.has(alternative))) {
    errors.push(fieldError.invalid(field, ref, why));
  }
}

/** Models SetDefaults_ExactDeviceRequest, SetDefaults_DeviceSubRequest and the defaults of tolerations. */
export function defaultDeviceClaim({ requests = [] }: DeviceClaim = {}): void {
  for (const { exactly, firstAvailable = [] } of requests) {
    for (const one of exactly ? [exactly, ...firstAvailable] : firstAvailable) defaultRequest(one);
  }
}

/** The same in v1beta1, where a request is itself what is asked for unless it has alternatives. */
export function defaultFlatClaim({ requests = [] }: V1beta1DeviceClaim = {}): void {
  for (const request of requests) {
    const { firstAvailable = [] } = request;
    for (const one of firstAvailable.length > 0 ? firstAvailable : [request]) defaultRequest(one);
  }
}

function defaultRequest(request: Partial<ExactDeviceRequest>): void {
  request.allocationMode ||= 'ExactCount';
  if (request.allocationMode === 'ExactCount') request.count ||= 1;
  for (const toleration of request.tolerations ?? []) toleration.operator ||= 'Equal';
}
