import { type FieldError, fieldError } from '#apimachinery';
import { canonicalIp, isCidr } from '../ip-text.js';

/** '192.168.1.5/24': an address with its network's length, as interfaces have it. Models IsValidInterfaceAddress (1.36). */
export function checkInterfaceAddress(errors: FieldError[], field: string, text: string): void {
  if (!isCidr(text)) {
    const why = 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)';
    return void errors.push(fieldError.invalid(field, text, why));
  }
  const slash = text.indexOf('/');
  const canonical = `${canonicalIp(text.slice(0, slash))}${text.slice(slash)}`;
  if (text !== canonical) errors.push(fieldError.invalid(field, text, `must be in canonical form ("${canonical}")`));
}
