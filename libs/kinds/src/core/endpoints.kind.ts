import { type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { checkOneOf, checkPort, PROTOCOLS } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { Endpoints } from '../generated/types.js';
import { isIp, joinHostPort } from '../ip-text.js';

const SHOWN_MAX = 3;

/** '10.0.0.1:80,10.0.0.2:80 + 3 more...'. Models formatEndpoints (1.36). */
function endpointsText({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => joinHostPort(ip, port))),
  );
  const shown = all.slice(0, SHOWN_MAX).join(',');
  return all.length > SHOWN_MAX ? `${shown} + ${all.length - SHOWN_MAX} more...` : shown;
}

/** Models pkg/registry/core/endpoint and ValidateEndpoints (1.36). */
export const endpointsKind = defineKind<Endpoints>({
  apiVersion: 'v1',
  resource: 'endpoints',
  createOnUpdate: true,
  table: tableOf<Endpoints>([column('Endpoints')], (endpoints) => [endpointsText(endpoints)]),
  applyDefaults({ subsets }) {
    for (const { ports } of subsets ?? []) for (const port of ports ?? []) port.protocol ||= 'TCP';
  },
  validate({ subsets }) {
    const errors: FieldError[] = [];
    for (const [i, { addresses = [], notReadyAddresses = [], ports = [] }] of (subsets ?? []).entries()) {
      const at = `subsets[${i}]`;
      if (addresses.length + notReadyAddresses.length === 0) {
        errors.push(fieldError.required(at, 'must specify `addresses` or `notReadyAddresses`'));
      }
      for (const [list, all] of Object.entries({ addresses, notReadyAddresses })) {
        for (const [k, { ip }] of all.entries()) {
          if (!isIp(ip)) {
            const why = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
            errors.push(fieldError.invalid(`${at}.${list}[${k}].ip`, ip, why));
          }
        }
      }
      for (const [k, { name, port, protocol }] of ports.entries()) {
        if (ports.length > 1 && !name) errors.push(fieldError.required(`${at}.ports[${k}].name`));
        checkPort(errors, `${at}.ports[${k}].port`, port);
        checkOneOf(errors, `${at}.ports[${k}].protocol`, protocol, PROTOCOLS);
      }
    }
    return errors;
  },
});
