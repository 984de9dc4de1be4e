import { type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { checkOneOf, checkPort, IMMUTABLE, PROTOCOLS } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { EndpointSlice } from '../generated/types.js';

const SHOWN_MAX = 3;
const ENDPOINTS_MAX = 1000;
const ADDRESSES_MAX = 100;
const PORTS_MAX = 20_000;

function listText(all: readonly string[]): string {
  if (all.length === 0) return '<unset>';
  const shown = all.slice(0, SHOWN_MAX).join(',');
  return all.length > SHOWN_MAX ? `${shown} + ${all.length - SHOWN_MAX} more...` : shown;
}

/** Models pkg/registry/discovery/endpointslice, its defaults and validation (1.36). */
export const endpointSliceKind = defineKind<EndpointSlice>({
  apiVersion: 'discovery.k8s.io/v1',
  resource: 'endpointslices',
  generation: true,
  createOnUpdate: true,
  table: tableOf<EndpointSlice>(
    [column('AddressType'), column('Ports'), column('Endpoints')],
    ({ addressType, ports, endpoints }) => [
      addressType,
      listText((ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port)))),
      listText((endpoints ?? []).flatMap(({ addresses }) => addresses)),
    ],
  ),
  applyDefaults(slice) {
    for (const port of slice.ports ?? []) {
      port.name ??= '';
      port.protocol ||= 'TCP';
    }
  },
  validate({ addressType, endpoints = [], ports = [] }) {
    const errors: FieldError[] = [];
    if (!addressType) errors.push(fieldError.required('addressType'));
    else checkOneOf(errors, 'addressType', addressType, ['FQDN', 'IPv4', 'IPv6']);
    if (endpoints.length > ENDPOINTS_MAX) errors.push(fieldError.tooMany('endpoints', endpoints.length, ENDPOINTS_MAX));
    for (const [i, { addresses = [] }] of endpoints.entries()) {
      if (addresses.length === 0)
        errors.push(fieldError.required(`endpoints[${i}].addresses`, 'must contain at least 1 address'));
      if (addresses.length > ADDRESSES_MAX) {
        errors.push(fieldError.tooMany(`endpoints[${i}].addresses`, addresses.length, ADDRESSES_MAX));
      }
    }
    if (ports.length > PORTS_MAX) errors.push(fieldError.tooMany('ports', ports.length, PORTS_MAX));
    const names = new Set<string>();
    for (const [i, { name = '', port, protocol }] of ports.entries()) {
      if (names.has(name)) errors.push(fieldError.duplicate(`ports[${i}].name`, name));
      names.add(name);
      if (port !== undefined) checkPort(errors, `ports[${i}].port`, port);
      checkOneOf(errors, `ports[${i}].protocol`, protocol, PROTOCOLS);
    }
    return errors;
  },
  validateUpdate: ({ addressType }, old) =>
    addressType === old.addressType ? [] : [fieldError.invalid('addressType', addressType, IMMUTABLE)],
});
