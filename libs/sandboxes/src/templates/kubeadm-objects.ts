import type { KubeObject } from '#apimachinery';
import { stringify } from 'yaml';

const RBAC = 'rbac.authorization.k8s.io';
const API_VERSION = `${RBAC}/v1`;
const BOOTSTRAPPERS = 'system:bootstrappers:kubeadm:default-node-token';
const INFO = 'kubeadm:bootstrap-signer-clusterinfo';

const group = (name: string) => ({ kind: 'Group', apiGroup: RBAC, name });
const user = (name: string) => ({ kind: 'User', apiGroup: RBAC, name });
const account = (name: string) => ({ kind: 'ServiceAccount', namespace: 'kube-system', name });

/** Bindings that kubeadm (1.36) makes: nodes may join by token and renew their certificates without anybody looking. */
const clusterBindings = [
  ['kubeadm:cluster-admins', 'cluster-admin', group('kubeadm:cluster-admins')],
  ['kubeadm:get-nodes', 'kubeadm:get-nodes', group(BOOTSTRAPPERS)],
  ['kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', group(BOOTSTRAPPERS)],
  [
    'kubeadm:node-autoapprove-bootstrap',
    'system:certificates.k8s.io:certificatesigningrequests:nodeclient',
    group(BOOTSTRAPPERS),
  ],
  [
    'kubeadm:node-autoapprove-certificate-rotation',
    'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    group('system:nodes'),
  ],
  ['kubeadm:node-proxier', 'system:node-proxier', account('kube-proxy')],
] as const;

export function kubeadmPolicy(): KubeObject[] {
  const inPublic = { name: INFO, namespace: 'kube-public' };
  const infoRule = { apiGroups: [''], resources: ['configmaps'], resourceNames: ['cluster-info'], verbs: ['get'] };
  return [
    {
      apiVersion: API_VERSION,
      kind: 'ClusterRole',
      metadata: { name: 'kubeadm:get-nodes' },
      ...{ rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }] },
    },
    { apiVersion: API_VERSION, kind: 'Role', metadata: inPublic, ...{ rules: [infoRule] } },
    {
      apiVersion: API_VERSION,
      kind: 'RoleBinding',
      metadata: { ...inPublic },
      ...{ roleRef: { apiGroup: RBAC, kind: 'Role', name: INFO }, subjects: [user('system:anonymous')] },
    },
    ...clusterBindings.map(([name, role, subject]) => ({
      apiVersion: API_VERSION,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      ...{ roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role }, subjects: [subject] },
    })),
  ];
}

/** ConfigMap kube-public/cluster-info: by what a node that joins finds and trusts the cluster. `rootCa` is PEM. */
export function clusterInfo(apiServerIp: string, rootCa: string): KubeObject {
  const cluster = {
    'certificate-authority-data': Buffer.from(rootCa).toString('base64'),
    server: `https://${apiServerIp}:6443`,
  };
  const kubeconfig = stringify(
    {
      apiVersion: 'v1',
      clusters: [{ cluster, name: '' }],
      contexts: null,
      'current-context': '',
      kind: 'Config',
      users: null,
    },
    // As Go writes it.
    { indentSeq: false, lineWidth: 0 },
  );
  const metadata = { name: 'cluster-info', namespace: 'kube-public' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...{ data: { kubeconfig } } };
}
