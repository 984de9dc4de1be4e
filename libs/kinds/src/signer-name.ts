import { dns1123Label, dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';

const DOMAIN_MAX = 253;
/** A domain, a slash, and a path that is a label, a dot and another domain. */
const SIGNER_NAME_MAX = DOMAIN_MAX + 1 + 63 + 1 + DOMAIN_MAX;

/** Models ValidateSignerName of pkg/apis/core/validation (1.36). */
export function checkSignerName(errors: FieldError[], at: string, name: string): void {
  if (name === '') return void errors.push(fieldError.required(at));
  const [domain, path, ...more] = name.split('/');
  if (domain === undefined || path === undefined || more.length > 0) {
    const why = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return void errors.push(fieldError.invalid(at, name, why));
  }
  if (domain.length > DOMAIN_MAX) errors.push(fieldError.tooLong(at, DOMAIN_MAX));
  const labels = domain.split('.');
  checkParts(errors, at, domain, labels, dns1123Label);
  if (labels.length < 2) {
    errors.push(fieldError.invalid(at, domain, 'should be a domain with at least two segments separated by dots'));
  }
  checkParts(errors, at, path, path.split('.'), dns1123Subdomain);
  if (name.length > SIGNER_NAME_MAX) errors.push(fieldError.tooLong(at, SIGNER_NAME_MAX));
}

/** One wrong part says it all: the others would be told in the same words. */
function checkParts(
  errors: FieldError[],
  at: string,
  whole: string,
  parts: readonly string[],
  rule: (part: string) => string[],
): void {
  const part = parts.find((one) => rule(one).length > 0);
  if (part === undefined) return;
  for (const why of rule(part)) {
    errors.push(fieldError.invalid(at, whole, `validating label ${JSON.stringify(part)}: ${why}`));
  }
}
