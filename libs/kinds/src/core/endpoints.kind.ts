import { dns1123Label, dns1123Subdomain, type FieldError, fieldError, qualifiedName } from '#apimachinery';
import { column, firstOnes } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { checkForm, checkIp, checkPort, checkRequiredOneOf, PROTOCOLS } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { EndpointAddress, Endpoints, EndpointSubset } from '../generated/types.js';
import { isIp, joinHostPort, specialIpErrors } from '../ip-text.js';

/** '10.0.0.1:80,10.0.0.2:80 + 3 more...'. Models formatEndpoints (1.36). */
function endpointsText({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => joinHostPort(ip, port))),
  );
  return firstOnes(all);
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
    for (const [i, subset] of (subsets ?? []).entries()) checkSubset(errors, `subsets[${i}]`, subset);
    return errors;
  },
});

/** Models validateEndpointSubsets (1.36). */
function checkSubset(
  errors: FieldError[],
  at: string,
  { addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset,
): void {
  if (addresses.length + notReadyAddresses.length === 0) {
    errors.push(fieldError.required(at, 'must specify `addresses` or `notReadyAddresses`'));
  }
  for (const [k, address] of addresses.entries()) checkAddress(errors, `${at}.addresses[${k}]`, address);
  for (const [k, address] of notReadyAddresses.entries()) {
    checkAddress(errors, `${at}.notReadyAddresses[${k}]`, address);
  }
  for (const [k, { name, port, protocol, appProtocol }] of ports.entries()) {
    const path = `${at}.ports[${k}]`;
    if (!name && ports.length > 1) errors.push(fieldError.required(`${path}.name`));
    else checkForm(errors, `${path}.name`, name, dns1123Label);
    checkPort(errors, `${path}.port`, port);
    checkRequiredOneOf(errors, `${path}.protocol`, protocol, PROTOCOLS);
    if (appProtocol === undefined) continue;
    for (const why of qualifiedName(appProtocol)) {
      errors.push(fieldError.invalid(`${path}.appProtocol`, appProtocol, why));
    }
  }
}

function checkAddress(errors: FieldError[], at: string, { ip, hostname, nodeName }: EndpointAddress): void {
  checkIp(errors, `${at}.ip`, ip);
  checkForm(errors, `${at}.hostname`, hostname, dns1123Label);
  if (nodeName !== undefined) {
    for (const why of dns1123Subdomain(nodeName)) errors.push(fieldError.invalid(`${at}.nodeName`, nodeName, why));
  }
  const special = isIp(ip) ? specialIpErrors(ip) : ['must be a valid IP address'];
  for (const why of special) errors.push(fieldError.invalid(`${at}.ip`, ip, why));
}
