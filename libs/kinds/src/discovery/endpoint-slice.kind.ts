import { fieldError } from '#apimachinery';
import { column, firstOnes } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { EndpointSlice } from '../generated/types.js';
import { validateEndpointSlice } from './endpoint-slice-validation.js';

const listText = (all: readonly string[]) => (all.length === 0 ? '<unset>' : firstOnes(all));

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
