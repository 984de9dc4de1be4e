import { fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { EndpointSlice } from '../generated/types.js';
import { validateEndpointSlice } from './endpoint-slice-validation.js';

const SHOWN_MAX = 3;

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
  validate: validateEndpointSlice,
  validateUpdate: ({ addressType }, old) =>
    addressType === old.addressType ? [] : [fieldError.invalid('addressType', addressType, IMMUTABLE)],
});
