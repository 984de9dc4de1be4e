import { deepEqual, type FieldError, fieldError } from '#apimachinery';
import { configMapKey } from '../field-rules.js';

/** Of one ConfigMap or Secret, keys not counted. Upstream: MaxSecretSize. */
const DATA_BYTES_MAX = 1_048_576;

/** Bytes that standard base64 stands for, without decoding it. */
export function base64Bytes(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}

export function checkKeys(
  errors: FieldError[],
  field: string,
  data: Readonly<Record<string, string>> | undefined,
): void {
  for (const key of Object.keys(data ?? {})) {
    for (const why of configMapKey(key)) errors.push(fieldError.invalid(`${field}[${key}]`, key, why));
  }
}

export function checkSize(errors: FieldError[], field: string, totalBytes: number): void {
  if (totalBytes > DATA_BYTES_MAX) errors.push(fieldError.tooLong(field, DATA_BYTES_MAX));
}

interface Sealable {
  immutable?: boolean;
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

/** `immutable: true` cannot be taken back, and nothing changes under it. */
export function checkSealed(now: Sealable, before: Sealable): FieldError[] {
  if (!before.immutable) return [];
  const errors: FieldError[] = [];
  const why = 'field is immutable when `immutable` is set';
  if (!now.immutable) errors.push(fieldError.forbidden('immutable', why));
  if (!deepEqual(now.data ?? {}, before.data ?? {})) errors.push(fieldError.forbidden('data', why));
  if (!deepEqual(now.binaryData ?? {}, before.binaryData ?? {})) errors.push(fieldError.forbidden('binaryData', why));
  return errors;
}
