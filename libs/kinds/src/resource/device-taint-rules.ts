import { type FieldError, fieldError, rfc3339 } from '#apimachinery';
import { checkOneOf, checkRequiredOneOf } from '../field-rules.js';
import type { DeviceTaint, DeviceToleration } from '../generated/types.js';
import type { KindEnv } from '../kind.js';
import { checkItems } from '../list-rules.js';
import { checkLabelKeyName, checkLabelText } from './name-rules.js';

/** Marks on devices and who bears them. Models pkg/apis/resource/validation (1.36). */

const EFFECTS = ['NoExecute', 'NoSchedule', 'None'];
const OPERATORS = ['Equal', 'Exists'];
const CONDITIONS_MAX = 4;

/** Models validateDeviceTaint: an effect that stays as it was may be one that is not known any more. */
export function checkTaint(
  errors: FieldError[],
  at: string,
  taint: Partial<DeviceTaint> = {},
  oldEffect?: string,
): void {
  checkLabelKeyName(errors, `${at}.key`, taint.key ?? '');
  if (taint.value) checkLabelText(errors, `${at}.value`, taint.value);
  if (oldEffect === undefined || oldEffect !== taint.effect) {
    checkRequiredOneOf(errors, `${at}.effect`, taint.effect, EFFECTS);
  }
}

/** Models SetDefaults_DeviceTaint, in whole seconds. */
export function stampTaint(taint: Partial<DeviceTaint> | undefined, { clock }: Pick<KindEnv, 'clock'>): void {
  if (taint) taint.timeAdded ??= rfc3339(clock.nowMs());
}

/** Models validateDeviceToleration. */
export function checkTolerations(
  errors: FieldError[],
  field: string,
  tolerations: readonly DeviceToleration[] = [],
): void {
  for (const [i, { key = '', operator = '', value = '', effect }] of tolerations.entries()) {
    const at = `${field}[${i}]`;
    if (key !== '') checkLabelKeyName(errors, `${at}.key`, key);
    if (operator === 'Equal') checkLabelText(errors, `${at}.value`, value);
    else if (operator !== 'Exists') checkRequiredOneOf(errors, `${at}.operator`, operator, OPERATORS);
    else if (value !== '') {
      errors.push(fieldError.invalid(`${at}.value`, value, 'must be empty for operator `Exists`'));
    }
    checkOneOf(errors, `${at}.effect`, effect || undefined, EFFECTS);
  }
}

interface Binding {
  readonly bindingConditions?: readonly string[];
  readonly bindingFailureConditions?: readonly string[];
}

/** What a device must report before, or must not while, its pod is bound. Models validateDeviceBindingParameters. */
export function checkBinding(
  errors: FieldError[],
  at: string,
  { bindingConditions: awaited = [], bindingFailureConditions: fatal = [] }: Binding,
): void {
  const [awaitedAt, fatalAt] = [`${at}.bindingConditions`, `${at}.bindingFailureConditions`];
  checkItems(errors, awaitedAt, awaited, CONDITIONS_MAX, checkLabelKeyName);
  checkItems(errors, fatalAt, fatal, CONDITIONS_MAX, checkLabelKeyName);
  checkUnique(errors, awaitedAt, awaited);
  checkUnique(errors, fatalAt, fatal);
  for (const [i, one] of fatal.entries()) {
    if (!awaited.includes(one)) continue;
    const why = 'bindingFailureConditions must not overlap with bindingConditions';
    errors.push(fieldError.invalid(`${fatalAt}[${i}]`, one, why));
  }
  if (awaited.length === 0 && fatal.length > 0) {
    const why = 'bindingConditions are required to use bindingFailureConditions';
    errors.push(fieldError.invalid(awaitedAt, awaited, why));
  }
  if (fatal.length === 0 && awaited.length > 0) {
    const why = 'bindingFailureConditions are required to use bindingConditions';
    errors.push(fieldError.invalid(fatalAt, fatal, why));
  }
}

function checkUnique(errors: FieldError[], field: string, items: readonly string[]): void {
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    if (seen.has(item)) errors.push(fieldError.duplicate(`${field}[${i}]`, item));
    seen.add(item);
  }
}
