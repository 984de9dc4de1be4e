import { type FieldError, fieldError, parseQuantity, type Quantity } from '#apimachinery';
import type { CapacityRequestPolicy, CapacityRequestPolicyRange, DeviceCapacity } from '../generated/types.js';
import { checkSet } from '../list-rules.js';

/** How a capacity may be taken in parts. Models validateRequestPolicy of pkg/apis/resource/validation (1.36). */

const VALUES_MAX = 10;
/** Beyond it Go's server could not tell steps apart. */
const VALUE_MAX = 2n ** 63n - 1n;

export function checkCapacity(
  errors: FieldError[],
  at: string,
  { value, requestPolicy }: DeviceCapacity,
  { isShared }: { isShared: boolean },
): void {
  if (!requestPolicy) return;
  const field = `${at}.requestPolicy`;
  if (isShared) checkPolicy(errors, field, parseQuantity(value ?? '0'), requestPolicy);
  else errors.push(fieldError.forbidden(field, 'allowMultipleAllocations must be true'));
}

function checkPolicy(errors: FieldError[], at: string, capacity: Quantity, policy: CapacityRequestPolicy): void {
  const { default: byDefault, validRange, validValues = [] } = policy;
  if (validValues.length > 0 && validRange) {
    const why = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time';
    errors.push(fieldError.forbidden(at, why));
  } else if (validValues.length > 0 || validRange) {
    const name = validRange ? 'validRange' : 'validValues';
    if (byDefault === undefined) errors.push(fieldError.required(`${at}.default`, `required when ${name} is defined`));
    else if (validRange) checkRange(errors, `${at}.validRange`, parseQuantity(byDefault), capacity, validRange);
    else checkValues(errors, `${at}.validValues`, parseQuantity(byDefault), capacity, validValues);
  }
}

function checkValues(
  errors: FieldError[],
  field: string,
  byDefault: Quantity,
  capacity: Quantity,
  texts: readonly string[],
): void {
  const values = texts.map((text) => parseQuantity(text));
  for (const [i, value] of values.entries()) {
    if (i === 0 || values[i - 1]!.cmp(value) <= 0) continue;
    errors.push(fieldError.invalid(`${field}[${i}]`, value.toString(), 'values must be sorted in ascending order'));
  }
  const check = (all: FieldError[], at: string, option: Quantity) => {
    if (option.cmp(capacity) <= 0) return;
    all.push(fieldError.invalid(at, option.toString(), `option is larger than capacity value: ${capacity}`));
  };
  checkSet(errors, field, values, VALUES_MAX, check, (option) => String(option.value()));
  if (values.length > VALUES_MAX || !values.some((option) => option.cmp(byDefault) === 0)) {
    const why = 'default value is not valid according to the requestPolicy';
    errors.push(fieldError.invalid(field, byDefault.toString(), why));
  }
}

function checkRange(
  errors: FieldError[],
  at: string,
  byDefault: Quantity,
  capacity: Quantity,
  range: Partial<CapacityRequestPolicyRange>,
): void {
  if (range.min === undefined) {
    return void errors.push(fieldError.required(`${at}.min`, 'required when validRange is defined'));
  }
  const min = parseQuantity(range.min);
  const max = range.max === undefined ? undefined : parseQuantity(range.max);
  const wrong = (name: string, value: Quantity, why: string) =>
    errors.push(fieldError.invalid(`${at}.${name}`, value.toString(), why));
  if (min.cmp(capacity) > 0) wrong('min', min, `min is larger than capacity value: ${capacity}`);
  if (byDefault.cmp(min) < 0) wrong('default', byDefault, `default is less than min: ${min}`);
  if (max) {
    if (min.cmp(max) > 0) wrong('max', min, `min is larger than max: ${max}`);
    if (max.cmp(capacity) > 0) wrong('max', max, `max is larger than capacity value: ${capacity}`);
    if (byDefault.cmp(max) > 0) wrong('default', byDefault, `default is more than max: ${max}`);
  }
  if (range.step === undefined) return;
  const step = parseQuantity(range.step);
  if (step.sign() <= 0) return void wrong('step', step, 'must be greater than zero');
  const first = min.add(step);
  if (first.cmp(capacity) > 0) wrong('step', step, `one step ${first} is larger than capacity value: ${capacity}`);
  const bounds = { default: byDefault, min, step, ...(max ? { max } : {}) };
  if (checkBounds(errors, at, bounds)) checkSteps(errors, `${at}.step`, bounds);
}

interface Bounds {
  readonly default: Quantity;
  readonly min: Quantity;
  readonly step: Quantity;
  readonly max?: Quantity;
}

function checkBounds(errors: FieldError[], at: string, bounds: Bounds): boolean {
  const before = errors.length;
  for (const [name, value] of Object.entries(bounds) as [string, Quantity][]) {
    const wrong = (why: string) => errors.push(fieldError.invalid(`${at}.${name}`, value.toString(), why));
    if (value.sign() < 0) wrong('must be greater than or equal to 0');
    else if (value.value() > VALUE_MAX) wrong(`must not be larger than ${VALUE_MAX}`);
  }
  return errors.length === before;
}

/** From the smallest on, in whole units: a part of one counts as one. */
function checkSteps(errors: FieldError[], field: string, { default: byDefault, min, step, max }: Bounds): void {
  for (const value of max ? [byDefault, max] : [byDefault]) {
    if ((value.value() - min.value()) % step.value() === 0n) continue;
    const why = `value is not a multiple of a given step (${step}) from (${min})`;
    errors.push(fieldError.invalid(field, value.toString(), why));
  }
}
