import { dns1123Label, dns1123Subdomain, type FieldError, fieldError, labelValue, qualifiedName } from '#apimachinery';
import { checkForm, checkIp, checkOneOf, checkPort, PROTOCOLS } from '../field-rules.js';
import { checkItems } from '../list-rules.js';
import type { DiscoveryV1EndpointPort, Endpoint, EndpointHints, EndpointSlice } from '../generated/types.js';
import { isIp, specialIpErrors } from '../ip-text.js';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const ENDPOINTS_MAX = 1000;
const ADDRESSES_MAX = 100;
const PORTS_MAX = 20_000;
const HINTS_MAX = 8;
const TOPOLOGY_MAX = 16;

/** Models ValidateEndpointSlice of pkg/apis/discovery/validation (1.36). */
export function validateEndpointSlice({ addressType, endpoints, ports }: EndpointSlice): FieldError[] {
  const errors: FieldError[] = [];
  if (!addressType) errors.push(fieldError.required('addressType'));
  else checkOneOf(errors, 'addressType', addressType, ADDRESS_TYPES);
  checkItems(errors, 'endpoints', endpoints, ENDPOINTS_MAX, (_, at, endpoint) =>
    checkEndpoint(errors, at, endpoint, addressType),
  );
  checkPorts(errors, ports ?? []);
  return errors;
}

function checkEndpoint(errors: FieldError[], at: string, endpoint: Endpoint, addressType: string): void {
  const { addresses = [], deprecatedTopology = {}, hostname, nodeName, hints } = endpoint;
  const field = `${at}.addresses`;
  if (addresses.length === 0) errors.push(fieldError.required(field, 'must contain at least 1 address'));
  else if (addresses.length > ADDRESSES_MAX) errors.push(fieldError.tooMany(field, addresses.length, ADDRESSES_MAX));
  for (const [i, address] of addresses.entries()) checkAddress(errors, `${field}[${i}]`, address, addressType);
  const topology = Object.entries(deprecatedTopology);
  if (topology.length > TOPOLOGY_MAX) {
    errors.push(fieldError.tooMany(`${at}.deprecatedTopology`, topology.length, TOPOLOGY_MAX));
  }
  for (const [key, value] of topology) {
    for (const why of qualifiedName(key)) errors.push(fieldError.invalid(`${at}.deprecatedTopology`, key, why));
    for (const why of labelValue(value)) errors.push(fieldError.invalid(`${at}.deprecatedTopology`, value, why));
  }
  if (hostname !== undefined) {
    for (const why of dns1123Label(hostname)) errors.push(fieldError.invalid(`${at}.hostname`, hostname, why));
  }
  checkForm(errors, `${at}.nodeName`, nodeName, dns1123Subdomain);
  if (hints) checkHints(errors, `${at}.hints`, hints);
}

function checkAddress(errors: FieldError[], at: string, address: string, addressType: string): void {
  if (addressType === 'FQDN') checkDomain(errors, at, address);
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return;
  checkIp(errors, at, address);
  if (!isIp(address)) return;
  if (addressType !== (address.includes(':') ? 'IPv6' : 'IPv4')) {
    errors.push(fieldError.invalid(at, address, `must be an ${addressType} address`));
  }
  for (const why of specialIpErrors(address)) errors.push(fieldError.invalid(at, address, why));
}

/** Models IsFullyQualifiedDomainName (1.36). */
function checkDomain(errors: FieldError[], at: string, domain: string): void {
  if (domain === '') {
    errors.push(fieldError.required(at));
    return;
  }
  const name = domain.endsWith('.') ? domain.slice(0, -1) : domain;
  const wrong = dns1123Subdomain(name);
  const labels = name.split('.');
  if (wrong.length === 0 && labels.length < 2)
    wrong.push('should be a domain with at least two segments separated by dots');
  for (const why of wrong.length > 0 ? wrong : labels.flatMap(dns1123Label))
    errors.push(fieldError.invalid(at, name, why));
}

function checkHints(errors: FieldError[], at: string, { forZones = [], forNodes = [] }: EndpointHints): void {
  checkNames(errors, `${at}.forZones`, forZones, labelValue);
  checkNames(errors, `${at}.forNodes`, forNodes, dns1123Subdomain);
}

function checkNames(
  errors: FieldError[],
  at: string,
  hints: readonly { name: string }[],
  rule: (name: string) => string[],
): void {
  const seen = new Set<string>();
  checkItems(errors, at, hints, HINTS_MAX, (_, path, { name }) => {
    if (seen.has(name)) errors.push(fieldError.duplicate(`${path}.name`, name));
    seen.add(name);
    for (const why of rule(name)) errors.push(fieldError.invalid(`${path}.name`, name, why));
  });
}

function checkPorts(errors: FieldError[], ports: readonly DiscoveryV1EndpointPort[]): void {
  const names = new Set<string>();
  checkItems(errors, 'ports', ports, PORTS_MAX, (_, at, { name = '', port, protocol, appProtocol }) => {
    checkForm(errors, `${at}.name`, name, dns1123Label);
    if (names.has(name)) errors.push(fieldError.duplicate(`${at}.name`, name));
    names.add(name);
    if (port !== undefined) checkPort(errors, `${at}.port`, port);
    checkOneOf(errors, `${at}.protocol`, protocol, PROTOCOLS);
    for (const why of appProtocol === undefined ? [] : qualifiedName(appProtocol)) {
      errors.push(fieldError.invalid(`${at}.appProtocol`, appProtocol, why));
    }
  });
}
