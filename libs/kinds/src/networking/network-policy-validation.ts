import { type FieldError, fieldError, validateLabelSelector } from '#apimachinery';
import { checkPort, checkPortNumOrName, PROTOCOLS } from '../field-rules.js';
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../generated/types.js';
import { CIDR_MESSAGE, cidrWarnings, isCidr, isStrictSubnet } from '../ip-text.js';

const POLICY_TYPES = ['Ingress', 'Egress'];

/** Models ValidateNetworkPolicySpec of pkg/apis/networking/validation (1.36). */
export function validateNetworkPolicy({ spec = { podSelector: {} } }: NetworkPolicy): FieldError[] {
  const errors: FieldError[] = validateLabelSelector(spec.podSelector, 'spec.podSelector');
  const checkRule = (
    at: string,
    ports: readonly NetworkPolicyPort[],
    side: string,
    peers: readonly NetworkPolicyPeer[],
  ) => {
    for (const [k, port] of ports.entries()) checkPolicyPort(errors, `${at}.ports[${k}]`, port);
    for (const [k, peer] of peers.entries()) checkPeer(errors, `${at}.${side}[${k}]`, peer);
  };
  for (const [i, { ports = [], from = [] }] of (spec.ingress ?? []).entries()) {
    checkRule(`spec.ingress[${i}]`, ports, 'from', from);
  }
  for (const [i, { ports = [], to = [] }] of (spec.egress ?? []).entries()) {
    checkRule(`spec.egress[${i}]`, ports, 'to', to);
  }
  const types = spec.policyTypes ?? [];
  if (types.length > POLICY_TYPES.length) {
    errors.push(fieldError.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes'));
    return errors;
  }
  for (const [i, type] of types.entries()) {
    if (!POLICY_TYPES.includes(type)) {
      errors.push(fieldError.notSupported(`spec.policyTypes[${i}]`, type, POLICY_TYPES));
    }
  }
  return errors;
}

function checkPolicyPort(errors: FieldError[], at: string, { protocol, port, endPort }: NetworkPolicyPort): void {
  if (protocol !== undefined && !PROTOCOLS.some((one) => one === protocol)) {
    errors.push(fieldError.notSupported(`${at}.protocol`, protocol, ['TCP', 'UDP', 'SCTP']));
  }
  const wrongEnd = (why: string) => errors.push(fieldError.invalid(`${at}.endPort`, endPort, why));
  if (port === undefined) {
    if (endPort !== undefined) wrongEnd('may not be specified when `port` is not specified');
    return;
  }
  if (typeof port === 'number') {
    checkPort(errors, `${at}.port`, port);
    if (endPort === undefined) return;
    if (endPort < port) wrongEnd('must be greater than or equal to `port`');
    checkPort(errors, `${at}.endPort`, endPort);
  } else {
    if (endPort !== undefined) wrongEnd('may not be specified when `port` is non-numeric');
    checkPortNumOrName(errors, `${at}.port`, port);
  }
}

function checkPeer(errors: FieldError[], at: string, peer: NetworkPolicyPeer): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  errors.push(...validateLabelSelector(podSelector, `${at}.podSelector`));
  errors.push(...validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`));
  if (ipBlock) checkBlock(errors, `${at}.ipBlock`, ipBlock);
  const peers = [podSelector, namespaceSelector, ipBlock].filter((one) => one !== undefined).length;
  if (peers === 0) errors.push(fieldError.required(at, 'must specify a peer'));
  else if (peers > 1 && ipBlock) errors.push(fieldError.forbidden(at, 'may not specify both ipBlock and another peer'));
}

/** Models ValidateIPBlock (1.36). */
function checkBlock(errors: FieldError[], at: string, { cidr, except = [] }: IPBlock): void {
  if (!cidr) {
    errors.push(fieldError.required(`${at}.cidr`));
    return;
  }
  if (!isCidr(cidr)) {
    errors.push(fieldError.invalid(`${at}.cidr`, cidr, CIDR_MESSAGE));
    return;
  }
  for (const [i, one] of except.entries()) {
    const why = !isCidr(one)
      ? CIDR_MESSAGE
      : isStrictSubnet(one, cidr)
        ? undefined
        : 'must be a strict subset of `cidr`';
    if (why) errors.push(fieldError.invalid(`${at}.except[${i}]`, one, why));
  }
}

/** Models networkPolicyWarnings (1.36). */
export function networkPolicyWarnings({ spec }: NetworkPolicy): string[] {
  const ofPeers = (at: string, peers: readonly NetworkPolicyPeer[]) =>
    peers.flatMap(({ ipBlock }, i) => (ipBlock ? blockWarnings(`${at}[${i}].ipBlock`, ipBlock) : []));
  return [
    ...(spec?.ingress ?? []).flatMap(({ from = [] }, i) => ofPeers(`spec.ingress[${i}].from`, from)),
    ...(spec?.egress ?? []).flatMap(({ to = [] }, i) => ofPeers(`spec.egress[${i}].to`, to)),
  ];
}

function blockWarnings(at: string, { cidr, except = [] }: IPBlock): string[] {
  return [...cidrWarnings(`${at}.cidr`, cidr), ...except.flatMap((one, i) => cidrWarnings(`${at}.except[${i}]`, one))];
}
