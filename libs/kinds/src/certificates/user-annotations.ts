import { type FieldError, fieldError, qualifiedName } from '#apimachinery';

const BYTES_MAX = 256 * 1024;

/** Words for a signer, each under a domain. Models ValidateUserAnnotations (1.36). */
export function checkUserAnnotations(
  errors: FieldError[],
  field: string,
  annotations: Readonly<Record<string, string>> = {},
): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    checkKey(errors, field, key.toLowerCase());
  }
  if (bytes > BYTES_MAX) errors.push(fieldError.tooLong(field, BYTES_MAX));
}

function checkKey(errors: FieldError[], field: string, key: string): void {
  if (key === '') return void errors.push(fieldError.required(field));
  const wrong = qualifiedName(key);
  for (const why of wrong) errors.push(fieldError.invalid(field, key, why));
  if (wrong.length === 0 && !key.includes('/')) {
    errors.push(fieldError.invalid(field, key, 'must be a domain-prefixed key (such as "acme.io/foo")'));
  }
}
