import type { Pod } from '#kinds';
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.js';
import { refusal } from '../refusal.js';

const NODE_PREFIX = 'system:node:';
const NODES_GROUP = 'system:nodes';
const LEASE_NAMESPACE = 'kube-node-lease';
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

/**
 * A kubelet touches its own node, lease and pods only. Models plugin noderestriction (1.36); the rules about labels,
 * secrets' references and tokens of other nodes' pods are not modelled yet.
 */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  handles: ({ user }) => user.username.startsWith(NODE_PREFIX) && user.groups.includes(NODES_GROUP),
  mutate(request) {
    const node = request.user.username.slice(NODE_PREFIX.length);
    const { group, resource } = request.kind;
    if (group === '' && resource === 'pods') checkPod(request, node);
    else if (group === '' && resource === 'nodes') checkNode(request, node);
    else if (group === 'coordination.k8s.io' && resource === 'leases') checkLease(request, node);
  },
};

function checkPod(request: AdmissionRequest, node: string): void {
  const { operation, subresource } = request;
  if (subresource === '' && operation === 'CREATE') {
    const pod = request.object as Pod;
    if (!Object.hasOwn(pod.metadata.annotations ?? {}, MIRROR_ANNOTATION)) {
      throw refusal(
        request,
        `pod does not have "${MIRROR_ANNOTATION}" annotation, node "${node}" can only create mirror pods`,
      );
    }
    if (pod.spec?.nodeName !== node) {
      throw refusal(request, `node "${node}" can only create pods with spec.nodeName set to itself`);
    }
    return;
  }
  const about: Record<string, string> = { DELETE: 'delete pods', UPDATE: 'update pod status for pods' };
  const what = subresource === 'eviction' ? 'evict pods' : about[operation];
  if (what && (request.old as Pod | undefined)?.spec?.nodeName !== node) {
    throw refusal(request, `node "${node}" can only ${what} with spec.nodeName set to itself`);
  }
}

function checkNode(request: AdmissionRequest, node: string): void {
  if (request.name !== node) throw refusal(request, `node "${node}" is not allowed to modify node "${request.name}"`);
}

function checkLease(request: AdmissionRequest, node: string): void {
  if (request.namespace !== LEASE_NAMESPACE) {
    throw refusal(request, `can only access leases in the "${LEASE_NAMESPACE}" system namespace`);
  }
  if (request.name !== node)
    throw refusal(request, 'can only access node lease with the same name as the requesting node');
}
