import { type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { Secret } from '../generated/types.js';
import { base64Bytes, checkKeys, checkSealed, checkSize } from './key-data.js';

const ACCOUNT_NAME = 'kubernetes.io/service-account.name';

/** Keys that must be there, by type. */
const REQUIRED_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

function checkType(errors: FieldError[], { type = 'Opaque', data = {}, metadata }: Secret): void {
  const required = Object.hasOwn(REQUIRED_KEYS, type) ? REQUIRED_KEYS[type]! : [];
  for (const key of required) {
    const isMissing = !Object.hasOwn(data, key) || (key === 'ssh-privatekey' && data[key] === '');
    if (isMissing) errors.push(fieldError.required(`data[${key}]`));
  }
  for (const key of required) {
    if (key.startsWith('.docker') && Object.hasOwn(data, key) && !isJson(data[key]!)) {
      errors.push(fieldError.invalid(`data[${key}]`, '<secret contents redacted>', 'invalid character'));
    }
  }
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.[ACCOUNT_NAME]) {
    errors.push(fieldError.required(`metadata.annotations[${ACCOUNT_NAME}]`));
  }
  if (type === 'kubernetes.io/basic-auth' && !Object.hasOwn(data, 'username') && !Object.hasOwn(data, 'password')) {
    errors.push(fieldError.required('data[username]'), fieldError.required('data[password]'));
  }
}

function isJson(base64: string): boolean {
  try {
    JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** Models pkg/registry/core/secret and ValidateSecret (1.36). */
export const secretKind = defineKind<Secret>({
  apiVersion: 'v1',
  resource: 'secrets',
  encrypted: true,
  table: tableOf<Secret>([column('Type'), column('Data', 'integer')], ({ type, data }) => [
    type ?? '',
    Object.keys(data ?? {}).length,
  ]),
  applyDefaults(secret) {
    secret.type ||= 'Opaque';
    if (!secret.stringData) return;
    // Written in plain, kept in data; never read back.
    secret.data ??= {};
    for (const [key, value] of Object.entries(secret.stringData)) {
      Object.defineProperty(secret.data, key, {
        value: Buffer.from(value, 'utf8').toString('base64'),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    delete secret.stringData;
  },
  validate(secret) {
    const errors: FieldError[] = [];
    checkKeys(errors, 'data', secret.data);
    let total = 0;
    for (const value of Object.values(secret.data ?? {})) total += base64Bytes(value);
    checkSize(errors, 'data', total);
    checkType(errors, secret);
    return errors;
  },
  validateUpdate(secret, old) {
    const errors: FieldError[] = [];
    if (secret.type !== old.type) errors.push(fieldError.invalid('type', secret.type, IMMUTABLE));
    return [...errors, ...checkSealed(secret, old)];
  },
  selectableFields: ({ type }) => ({ type: type ?? '' }),
});
