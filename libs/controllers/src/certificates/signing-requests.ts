import { controllerIdentity } from '#controller-runtime';
import { type CertificateRequest, type CertificateSigningRequest } from '#kinds';

/** All controllers of certificates share it, as upstream. */
export const CERTIFICATE_CONTROLLER = controllerIdentity('certificate-controller');

export const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';
export const KUBELET_SERVING = 'kubernetes.io/kubelet-serving';
export const CLIENT = 'kubernetes.io/kube-apiserver-client';
export const LEGACY = 'kubernetes.io/legacy-unknown';

export function hasCondition({ status }: CertificateSigningRequest, type: string): boolean {
  return (status?.conditions ?? []).some((one) => one.type === type && one.status !== 'False');
}

const NODES_GROUP = 'system:nodes';
const NODE_PREFIX = 'system:node:';

/** undefined: it is one of a kubelet's; else why not. Models ValidateKubeletClientCSR (1.36). */
export function kubeletClientFailure(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(request)) return 'subject organization is not system:nodes';
  if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  if (!request.commonName.startsWith(NODE_PREFIX)) return 'subject common name does not begin with system:node:';
  return usagesFailure(usages, 'client auth');
}

/** Models ValidateKubeletServingCSR (1.36). */
export function kubeletServingFailure(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(request)) return 'subject organization is not system:nodes';
  if (request.dnsNames.length === 0 && request.ipAddresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  const wrong = usagesFailure(usages, 'server auth');
  if (wrong !== undefined) return wrong;
  return request.commonName.startsWith(NODE_PREFIX)
    ? undefined
    : 'subject common name does not begin with system:node:';
}

/** Models validAPIServerClientUsages (1.36). */
export function clientFailure(_request: CertificateRequest, usages: readonly string[]): string | undefined {
  const allowed = ['digital signature', 'key encipherment', 'client auth'];
  const wrong = usages.find((usage) => !allowed.includes(usage));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

function isOfNodes({ organizations }: CertificateRequest): boolean {
  return organizations.length === 1 && organizations[0] === NODES_GROUP;
}

/** Exactly those; without the one that only RSA keys have a use for, too. */
function usagesFailure(usages: readonly string[], purpose: string): string | undefined {
  const required = [purpose, 'digital signature', 'key encipherment'].toSorted();
  const asked = new Set([...usages, 'key encipherment']);
  const same = asked.size === required.length && required.every((usage) => asked.has(usage));
  return same ? undefined : `usages did not match [${required.join(' ')}]`;
}
