import { type Condition, type FieldError, fieldError, formMessage, qualifiedName } from '#apimachinery';

const STATUSES = ['False', 'True', 'Unknown'];
const REASON_FORM = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const REASON = new RegExp(`^${REASON_FORM}$`);
const REASON_BYTES_MAX = 1024;
const MESSAGE_BYTES_MAX = 32 * 1024;
const REASON_MESSAGE = formMessage(
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  REASON_FORM,
  'my_name',
  'MY_NAME',
  'MyName',
  'ReasonA,ReasonB',
  'ReasonA:ReasonB',
);

/** Conditions in the common form, each type once. Models metav1 validation.ValidateConditions (1.36). */
export function checkConditions(errors: FieldError[], field: string, conditions: readonly Condition[] = []): void {
  const seen = new Set<string>();
  for (const [i, condition] of conditions.entries()) {
    const { type = '' } = condition;
    if (seen.has(type)) errors.push(fieldError.duplicate(`${field}[${i}].type`, type));
    seen.add(type);
    checkCondition(errors, `${field}[${i}]`, condition);
  }
}

function checkCondition(errors: FieldError[], at: string, condition: Condition): void {
  const { type = '', status = '', observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition;
  for (const why of qualifiedName(type)) errors.push(fieldError.invalid(`${at}.type`, type, why));
  if (!STATUSES.includes(status)) errors.push(fieldError.notSupported(`${at}.status`, status, STATUSES));
  if (observedGeneration < 0) {
    const why = 'must be greater than or equal to zero';
    errors.push(fieldError.invalid(`${at}.observedGeneration`, observedGeneration, why));
  }
  if (!lastTransitionTime) errors.push(fieldError.required(`${at}.lastTransitionTime`, 'must be set'));
  if (reason === '') errors.push(fieldError.required(`${at}.reason`, 'must be set'));
  else {
    if (!REASON.test(reason)) errors.push(fieldError.invalid(`${at}.reason`, reason, REASON_MESSAGE));
    if (Buffer.byteLength(reason) > REASON_BYTES_MAX) {
      errors.push(fieldError.tooLong(`${at}.reason`, REASON_BYTES_MAX));
    }
  }
  if (Buffer.byteLength(message) > MESSAGE_BYTES_MAX) {
    errors.push(fieldError.tooLong(`${at}.message`, MESSAGE_BYTES_MAX));
  }
}
