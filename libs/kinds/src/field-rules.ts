import { type FieldError, fieldError } from '#apimachinery';
import { isIp } from './ip-text.js';

/** Small rules that many kinds share; each adds to `errors` what is wrong with one field. */

const MESSAGES = { nonNegative: 'must be greater than or equal to 0', port: 'must be between 1 and 65535, inclusive' };

export const PROTOCOLS = ['SCTP', 'TCP', 'UDP'] as const;

export function checkNonNegative(errors: FieldError[], field: string, value: number | undefined): void {
  if (value !== undefined && value < 0) errors.push(fieldError.invalid(field, value, MESSAGES.nonNegative));
}

export function checkPort(errors: FieldError[], field: string, value: number): void {
  if (value < 1 || value > 65535) errors.push(fieldError.invalid(field, value, MESSAGES.port));
}

/** `value` must be one of `supported`; absent is for the caller to judge. */
export function checkOneOf(
  errors: FieldError[],
  field: string,
  value: string | undefined,
  supported: readonly string[],
): void {
  if (value !== undefined && !supported.includes(value)) errors.push(fieldError.notSupported(field, value, supported));
}

/** Required, and of the form that `rule` checks. */
export function checkName(
  errors: FieldError[],
  field: string,
  value: string | undefined,
  rule: (value: string) => string[],
): void {
  if (!value) errors.push(fieldError.required(field));
  else for (const why of rule(value)) errors.push(fieldError.invalid(field, value, why));
}

/** The rule alone, for fields that may be absent. */
export function checkForm(
  errors: FieldError[],
  field: string,
  value: string | undefined,
  rule: (value: string) => string[],
): void {
  if (value) for (const why of rule(value)) errors.push(fieldError.invalid(field, value, why));
}

const PORT_NAME = /^[-a-z0-9]+$/;

/** Models IsValidPortName: an IANA service name. */
export function portName(name: string): string[] {
  const messages: string[] = [];
  if (name.length > 15) messages.push('must be no more than 15 characters');
  if (!PORT_NAME.test(name)) messages.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) messages.push('must contain at least one letter (a-z)');
  if (name.includes('--')) messages.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) messages.push('must not begin or end with a hyphen');
  return messages;
}

/** A port given by number or by name. */
export function checkPortNumOrName(errors: FieldError[], field: string, value: number | string): void {
  if (typeof value === 'number') checkPort(errors, field, value);
  else for (const why of portName(value)) errors.push(fieldError.invalid(field, value, why));
}

const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/;
const CONFIG_KEY_LENGTH_MAX = 253;

/** Models IsConfigMapKey: keys of ConfigMaps and Secrets, as they become file names. */
export function configMapKey(key: string): string[] {
  const messages: string[] = [];
  if (key.length > CONFIG_KEY_LENGTH_MAX) messages.push(`must be no more than ${CONFIG_KEY_LENGTH_MAX} characters`);
  if (!CONFIG_KEY.test(key)) {
    messages.push(
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    );
  }
  if (key === '.') messages.push("must not be '.'");
  if (key === '..') messages.push("must not be '..'");
  else if (key.startsWith('..')) messages.push("must not start with '..'");
  return messages;
}

/** `now` must equal `before`, else 'field is immutable'. */
export const IMMUTABLE = 'field is immutable';

/** What messages show for a pointer to nothing. */
export const NIL = 'null';

/** Models validation.InclusiveRangeError. */
export function rangeMessage(min: number, max: number): string {
  return `must be between ${min} and ${max}, inclusive`;
}

export function checkRange(errors: FieldError[], field: string, value: number, min: number, max: number): void {
  if (value < min || value > max) errors.push(fieldError.invalid(field, value, rangeMessage(min, max)));
}

const INT32_MAX = 2 ** 31 - 1;

/** A user's or group's number. Models IsValidUserID and IsValidGroupID. */
export function checkId(errors: FieldError[], field: string, value: number | undefined): void {
  if (value !== undefined) checkRange(errors, field, value, 0, INT32_MAX);
}

export const IP_MESSAGE = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** Models validation.IsValidIP. */
export function checkIp(errors: FieldError[], field: string, value: string | undefined): void {
  if (!isIp(value)) errors.push(fieldError.invalid(field, value ?? '', IP_MESSAGE));
}

/** `value` must be there and one of `supported`. */
export function checkRequiredOneOf(
  errors: FieldError[],
  field: string,
  value: string | undefined,
  supported: readonly string[],
): void {
  if (!value) errors.push(fieldError.required(field));
  else if (!supported.includes(value)) errors.push(fieldError.notSupported(field, value, supported));
}
