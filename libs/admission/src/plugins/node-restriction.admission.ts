import { deepEqual } from '#apimachinery';
import {
  type CertificateSigningRequest,
  type Node,
  nodeKind,
  parseCertificateRequest,
  type PersistentVolumeClaim,
  type Pod,
  podKind,
} from '#kinds';
import { forbiddenLabels } from '../node-restriction/node-labels.js';
import { audienceRefusal } from '../node-restriction/token-audience.js';
import { referencesOf } from '../pod-references.js';
import type { AdmissionPlugin, AdmissionReads, AdmissionRequest } from '../plugin.js';
import { refusal } from '../refusal.js';

const NODE_PREFIX = 'system:node:';
const NODES_GROUP = 'system:nodes';
const LEASE_NAMESPACE = 'kube-node-lease';
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

type Check = (request: AdmissionRequest, node: string, reads: AdmissionReads) => Promise<void> | void;

const CHECKS: Readonly<Record<string, Check>> = {
  '/pods/': checkPod,
  '/pods/status': checkPodStatus,
  '/pods/eviction': checkEviction,
  '/persistentvolumeclaims/status': checkClaimStatus,
  '/nodes/': checkNode,
  '/nodes/status': checkNode,
  '/serviceaccounts/token': checkToken,
  'coordination.k8s.io/leases/': checkLease,
  'storage.k8s.io/csinodes/': checkCsiNode,
  'resource.k8s.io/resourceslices/': checkSlice,
  'certificates.k8s.io/certificatesigningrequests/': checkSigningRequest,
};

/**
 * A kubelet touches its own node, lease and slices only, the pods on it, and what these need. Models plugin
 * noderestriction (1.36). Differs: the refusal of a claim's status ends without the difference.
 */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  handles: ({ user }) => user.username.startsWith(NODE_PREFIX) && user.groups.includes(NODES_GROUP),
  mutate(request, reads) {
    const { kind, subresource, user } = request;
    const key = `${kind.group}/${kind.resource}/${subresource}`;
    if (Object.hasOwn(CHECKS, key)) return CHECKS[key]!(request, user.username.slice(NODE_PREFIX.length), reads);
    if (kind.group !== '') return;
    if (kind.resource === 'pods' && request.operation !== 'CONNECT') {
      throw refusal(request, `unexpected pod subresource "${subresource}"`);
    }
    if (kind.resource === 'persistentvolumeclaims') {
      throw refusal(request, 'may only update PVC status');
    }
  },
};

async function checkPod(request: AdmissionRequest, node: string, reads: AdmissionReads): Promise<void> {
  const { operation, object, old } = request;
  if (operation === 'CREATE') return checkMirror(request, node, object as Pod, reads);
  if (operation !== 'DELETE') {
    throw refusal(
      request,
      `unexpected operation "${operation}", node "${node}" can only create and delete mirror pods`,
    );
  }
  if ((old as Pod | undefined)?.spec?.nodeName === node) return;
  throw refusal(request, `node "${node}" can only delete pods with spec.nodeName set to itself`);
}

async function checkMirror(request: AdmissionRequest, node: string, pod: Pod, reads: AdmissionReads): Promise<void> {
  const refuse = (why: string) => refusal(request, why);
  if (!Object.hasOwn(pod.metadata.annotations ?? {}, MIRROR_ANNOTATION)) {
    throw refuse(`pod does not have "${MIRROR_ANNOTATION}" annotation, node "${node}" can only create mirror pods`);
  }
  if (pod.spec?.nodeName !== node) throw refuse(`node "${node}" can only create pods with spec.nodeName set to itself`);
  await checkOwner(request, node, pod, reads);
  const cannot = (what: string) => refuse(`node "${node}" can not create pods that reference ${what}`);
  if (pod.spec.serviceAccountName) throw cannot('a service account');
  const { secrets, configMaps, claims, trustBundles } = referencesOf(pod.spec);
  if (secrets.length > 0) throw cannot('secrets');
  if (configMaps.length > 0) throw cannot('configmaps');
  if (trustBundles) throw cannot('clustertrustbundles');
  if (claims.length > 0) throw cannot('persistentvolumeclaims');
}

async function checkOwner(
  request: AdmissionRequest,
  node: string,
  { metadata }: Pod,
  reads: AdmissionReads,
): Promise<void> {
  const can = (what: string) => refusal(request, `node "${node}" can only create pods with ${what} set to itself`);
  const [owner, ...others] = metadata.ownerReferences ?? [];
  if (others.length > 0) throw can('a single owner reference');
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) throw can('an owner reference');
  if (!owner.controller) throw can('a controller owner reference');
  if (owner.blockOwnerDeletion) {
    throw refusal(request, `node "${node}" must not set blockOwnerDeletion on an owner reference`);
  }
  const { uid } = (await reads.get(nodeKind, '', node))?.metadata ?? {};
  if (uid !== owner.uid) throw refusal(request, `node ${node} UID mismatch: expected ${owner.uid} got ${uid ?? ''}`);
}

function checkPodStatus(request: AdmissionRequest, node: string): void {
  if (request.operation !== 'UPDATE') throw refusal(request, `unexpected operation "${request.operation}"`);
  const pod = request.object as Pod;
  const old = request.old as Pod;
  if (old.spec?.nodeName !== node) {
    throw refusal(request, `node "${node}" can only update pod status for pods with spec.nodeName set to itself`);
  }
  if (!deepEqual(pod.metadata.labels ?? {}, old.metadata.labels ?? {})) {
    throw refusal(request, `node "${node}" cannot update labels through pod status`);
  }
  if (!deepEqual(pod.status?.resourceClaimStatuses ?? [], old.status?.resourceClaimStatuses ?? [])) {
    throw refusal(request, `node "${node}" cannot update resource claim statues`);
  }
}

async function checkEviction(request: AdmissionRequest, node: string, reads: AdmissionReads): Promise<void> {
  if (request.operation !== 'CREATE') throw refusal(request, `unexpected operation ${request.operation}`);
  const pod = await reads.get(podKind, request.namespace, request.name);
  // One that is not there is told of by who looks for it next.
  if (!pod || pod.spec.nodeName === node) return;
  throw refusal(request, `node ${node} can only evict pods with spec.nodeName set to itself`);
}

const CLAIM_STATUS = new Set(['capacity', 'conditions', 'allocatedResources', 'allocatedResourceStatuses']);

function checkClaimStatus(request: AdmissionRequest, node: string): void {
  if (request.operation !== 'UPDATE') throw refusal(request, `unexpected operation "${request.operation}"`);
  if (deepEqual(rest(request.object as PersistentVolumeClaim), rest(request.old as PersistentVolumeClaim))) return;
  throw refusal(
    request,
    `node "${node}" is not allowed to update fields other than status.quantity and status.conditions`,
  );
}

/** What a kubelet may not change of a claim. */
function rest({ metadata, status, ...others }: PersistentVolumeClaim): object {
  const { resourceVersion: _revision, managedFields: _managers, ...kept } = metadata;
  const left = Object.entries(status ?? {}).filter(([name]) => !CLAIM_STATUS.has(name));
  return { ...others, metadata: kept, status: Object.fromEntries(left) };
}

function checkNode(request: AdmissionRequest, node: string): void {
  if (request.name !== node) throw refusal(request, `node "${node}" is not allowed to modify node "${request.name}"`);
  const { operation } = request;
  if (operation !== 'CREATE' && operation !== 'UPDATE') return;
  const { metadata, spec } = request.object as Node;
  const old = request.old as Node | undefined;
  const labels = forbiddenLabels(metadata.labels, old?.metadata.labels);
  if (operation === 'CREATE') {
    if (spec?.configSource) {
      throw refusal(request, `node "${node}" is not allowed to create pods with a non-nil configSource`);
    }
    if (labels.length === 0) return;
    throw refusal(request, `node "${node}" is not allowed to set the following labels: ${labels.join(', ')}`);
  }
  if (spec?.configSource && !deepEqual(spec.configSource, old?.spec?.configSource)) {
    throw refusal(request, `node "${node}" is not allowed to update configSource to a new non-nil configSource`);
  }
  if (!deepEqual(spec?.taints ?? [], old?.spec?.taints ?? [])) {
    throw refusal(request, `node "${node}" is not allowed to modify taints`);
  }
  if (labels.length > 0) throw refusal(request, `is not allowed to modify labels: ${labels.join(', ')}`);
}

interface TokenRequest {
  readonly spec?: {
    readonly boundObjectRef?: { apiVersion?: string; kind?: string; name?: string; uid?: string } | null;
    readonly audiences?: readonly string[] | null;
  };
}

async function checkToken(request: AdmissionRequest, node: string, reads: AdmissionReads): Promise<void> {
  if (request.operation !== 'CREATE') return;
  const { boundObjectRef, audiences } = (request.object as TokenRequest | undefined)?.spec ?? {};
  const { apiVersion, kind, name, uid } = boundObjectRef ?? {};
  if (apiVersion !== 'v1' || kind !== 'Pod' || !name) throw refusal(request, 'node requested token not bound to a pod');
  if (!uid) throw refusal(request, 'node requested token with a pod binding without a uid');
  const pod = await reads.get(podKind, request.namespace, name);
  if (!pod) return;
  if (pod.metadata.uid !== uid) {
    throw refusal(
      request,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  if (pod.spec.nodeName !== node) {
    throw refusal(request, 'node requested token bound to a pod scheduled on a different node');
  }
  const why = await audienceRefusal(request, reads, pod, audiences ?? []);
  if (why !== undefined) throw refusal(request, why);
}

function checkLease(request: AdmissionRequest, node: string): void {
  if (request.namespace !== LEASE_NAMESPACE) {
    throw refusal(request, `can only access leases in the "${LEASE_NAMESPACE}" system namespace`);
  }
  if (request.name === node) return;
  throw refusal(request, 'can only access node lease with the same name as the requesting node');
}

function checkCsiNode(request: AdmissionRequest, node: string): void {
  if (request.name === node) return;
  throw refusal(request, 'can only access CSINode with the same name as the requesting node');
}

function checkSlice(request: AdmissionRequest, node: string): void {
  const { operation, object, old } = request;
  const slice = (operation === 'DELETE' ? old : object) as { spec?: { nodeName?: string } } | undefined;
  // An update cannot change whose it is: that is the kind's own rule.
  if (operation === 'UPDATE' || slice?.spec?.nodeName === node) return;
  const what = operation === 'CREATE' ? 'create' : 'delete';
  throw refusal(request, `can only ${what} ResourceSlice with the same NodeName as the requesting node`);
}

const OF_KUBELETS = new Set(['kubernetes.io/kubelet-serving', 'kubernetes.io/kube-apiserver-client-kubelet']);

/** What else such a request must be, who signs it asks. */
function checkSigningRequest(request: AdmissionRequest, node: string): void {
  const { spec } = request.object as CertificateSigningRequest;
  if (request.operation !== 'CREATE' || !OF_KUBELETS.has(spec?.signerName ?? '')) return;
  let commonName: string;
  try {
    commonName = parseCertificateRequest(spec.request).commonName;
  } catch (error) {
    throw refusal(request, `unable to parse csr: ${(error as Error).message}`);
  }
  if (commonName !== NODE_PREFIX + node) {
    throw refusal(request, `can only create a node CSR with CN=${NODE_PREFIX}${node}`);
  }
}
