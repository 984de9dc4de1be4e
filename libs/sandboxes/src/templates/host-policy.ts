import type { KubeObject } from '#apimachinery';

const NAME = 'system:controller:sandbox-controller';
const METADATA = { name: NAME, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } };
const RBAC = { apiVersion: 'rbac.authorization.k8s.io/v1' };

/** What the host's own controller may do: no more than its work needs. */
export function sandboxControllerPolicy(): KubeObject[] {
  const role = {
    ...RBAC,
    kind: 'ClusterRole',
    metadata: METADATA,
    rules: [
      { apiGroups: ['sandkube.dev'], resources: ['sandboxes'], verbs: ['get', 'list', 'watch', 'update'] },
      { apiGroups: ['sandkube.dev'], resources: ['sandboxes/status', 'sandboxes/finalizers'], verbs: ['update'] },
      { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
    ],
  };
  const binding = {
    ...RBAC,
    kind: 'ClusterRoleBinding',
    metadata: METADATA,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME },
    subjects: [{ kind: 'ServiceAccount', name: 'sandbox-controller', namespace: 'kube-system' }],
  };
  return [role, binding];
}
