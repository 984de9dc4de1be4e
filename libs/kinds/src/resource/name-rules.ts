import {
  dns1123Label,
  dns1123Subdomain,
  type FieldError,
  fieldError,
  formMessage,
  labelValue,
  qualifiedName,
} from '#apimachinery';
import { checkName } from '../field-rules.js';

/** Names that drivers, their pools, devices and attributes have. Models pkg/apis/resource/validation (1.36). */

const DRIVER_LENGTH_MAX = 63;
const POOL_LENGTH_MAX = 253;
const IDENTIFIER_LENGTH_MAX = 32;
const UID_LENGTH = 36;

const IDENTIFIER_FORM = '[A-Za-z_][A-Za-z0-9_]*';
const IDENTIFIER = new RegExp(`^${IDENTIFIER_FORM}$`);
const IDENTIFIER_MESSAGE = formMessage(
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  IDENTIFIER_FORM,
  'my_name',
  'MY_NAME',
  'MyName',
);

/** As a CSI driver's. Models ValidateCSIDriverName. */
export function checkDriverName(errors: FieldError[], field: string, name = ''): void {
  if (name === '') errors.push(fieldError.required(field));
  if (Buffer.byteLength(name) > DRIVER_LENGTH_MAX) errors.push(fieldError.tooLong(field, DRIVER_LENGTH_MAX));
  for (const why of dns1123Subdomain(name.toLowerCase())) errors.push(fieldError.invalid(field, name, why));
}

/** Subdomains with slashes between them. Models validatePoolName. */
export function checkPoolName(errors: FieldError[], field: string, name = ''): void {
  if (name === '') return void errors.push(fieldError.required(field));
  if (Buffer.byteLength(name) > POOL_LENGTH_MAX) errors.push(fieldError.tooLong(field, POOL_LENGTH_MAX));
  for (const part of name.split('/')) {
    for (const why of dns1123Subdomain(part)) errors.push(fieldError.invalid(field, part, why));
  }
}

/** Of a device, a request, a counter: an empty one is wrong in its form. */
export function checkLabelName(errors: FieldError[], field: string, name = ''): void {
  for (const why of dns1123Label(name)) errors.push(fieldError.invalid(field, name, why));
}

/** Of what counts as missing when it is empty. */
export function checkCounterName(errors: FieldError[], field: string, name: string | undefined): void {
  checkName(errors, field, name, dns1123Label);
}

function checkIdentifier(errors: FieldError[], field: string, id: string): void {
  if (Buffer.byteLength(id) > IDENTIFIER_LENGTH_MAX) errors.push(fieldError.tooLong(field, IDENTIFIER_LENGTH_MAX));
  if (!IDENTIFIER.test(id)) errors.push(fieldError.invalid(field, id, IDENTIFIER_MESSAGE));
}

/** 'model' or 'example.com/model', of an attribute or a capacity. Models validateQualifiedName. */
export function checkAttributeName(errors: FieldError[], field: string, name: string): void {
  const [first, second, ...more] = name.split('/') as [string, ...string[]];
  if (more.length > 0) return void errors.push(fieldError.invalid(field, name, 'must not contain more than one slash'));
  if (second === undefined) return checkIdentifier(errors, field, first);
  if (first === '') errors.push(fieldError.invalid(field, '', 'the domain must not be empty'));
  else checkDriverName(errors, field, first);
  if (second === '') errors.push(fieldError.invalid(field, '', 'the name must not be empty'));
  else checkIdentifier(errors, field, second);
}

/** With its domain. Models validateFullyQualifiedName. */
export function checkFullAttributeName(errors: FieldError[], field: string, name: string): void {
  checkAttributeName(errors, field, name);
  if (name.includes('/')) return;
  const why = 'a fully qualified name must be a domain and a name separated by a slash';
  errors.push(fieldError.invalid(field, name, why));
}

export function checkLabelKeyName(errors: FieldError[], field: string, key: string): void {
  for (const why of qualifiedName(key)) errors.push(fieldError.invalid(field, key, why));
}

export function checkLabelText(errors: FieldError[], field: string, value: string): void {
  for (const why of labelValue(value)) errors.push(fieldError.invalid(field, value, why));
}

const UID_PLAIN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What Go's package uuid takes besides: braces, a URN, no dashes at all. */
const UID_ANY = /^(urn:uuid:)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^\{[^]{36}\}$|^[0-9a-f]{32}$/i;
const UID_LENGTHS = [UID_LENGTH, UID_LENGTH + 'urn:uuid:'.length, UID_LENGTH + 2, 32];

/** Models validateUID. */
export function checkUid(errors: FieldError[], field: string, uid: string): void {
  if (UID_PLAIN.test(uid)) return;
  if (UID_ANY.test(uid)) {
    const why =
      'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters';
    return void errors.push(fieldError.invalid(field, uid, why));
  }
  const bytes = Buffer.byteLength(uid);
  const why = UID_LENGTHS.includes(bytes) ? 'invalid UUID format' : `invalid UUID length: ${bytes}`;
  errors.push(fieldError.invalid(field, uid, `error validating uid: ${why}`));
}
