import type { PolicyRule } from '../rbac/policy-rule.js';
import { allow, EVENTS, leases, READ, READ_WRITE } from './notation.js';
import type { RoleRow } from './user-roles.js';

const CHECKS_ACCESS: readonly PolicyRule[] = [
  allow('create', 'authentication.k8s.io', 'tokenreviews'),
  allow('create', 'authorization.k8s.io', 'subjectaccessreviews'),
];

/** What a kubelet may do; the node authorizer applies it to the group system:nodes. Models NodeRules (1.36). */
export const nodeRules: readonly PolicyRule[] = [
  allow('create', 'authentication.k8s.io', 'tokenreviews'),
  allow('create', 'authorization.k8s.io', 'subjectaccessreviews localsubjectaccessreviews'),
  allow(READ, '', 'services'),
  allow(`create ${READ}`, '', 'nodes'),
  allow('update patch', '', 'nodes/status'),
  allow('update patch', '', 'nodes'),
  EVENTS,
  allow(READ, '', 'pods'),
  allow('create delete', '', 'pods'),
  allow('update patch', '', 'pods/status'),
  allow('create', '', 'pods/eviction'),
  allow(READ, '', 'secrets configmaps'),
  allow('get', '', 'persistentvolumeclaims persistentvolumes'),
  allow('get', '', 'endpoints'),
  allow(`create ${READ}`, 'certificates.k8s.io', 'certificatesigningrequests'),
  allow('get create update patch delete', 'coordination.k8s.io', 'leases'),
  allow('get', 'storage.k8s.io', 'volumeattachments'),
  allow('get update patch', '', 'persistentvolumeclaims/status'),
  allow('create', '', 'serviceaccounts/token'),
  allow(READ, 'storage.k8s.io', 'csidrivers'),
  allow('get create update patch delete', 'storage.k8s.io', 'csinodes'),
  allow(READ, 'node.k8s.io', 'runtimeclasses'),
  allow('get', 'resource.k8s.io', 'resourceclaims'),
  // Single slices are the authorizer's own question.
  allow('deletecollection', 'resource.k8s.io', 'resourceslices'),
  // For credential providers of the images' registries.
  allow('get', '', 'serviceaccounts'),
];

const scheduler: readonly PolicyRule[] = [
  EVENTS,
  ...leases('kube-scheduler', `${READ} update`),
  allow(READ_WRITE, 'coordination.k8s.io', 'leasecandidates'),
  allow(READ, '', 'nodes'),
  allow(`${READ} delete`, '', 'pods'),
  allow('create', '', 'pods/binding bindings'),
  allow('patch update', '', 'pods/status'),
  allow(READ, '', 'services replicationcontrollers'),
  allow(READ, 'apps|extensions', 'replicasets'),
  allow(READ, 'apps', 'statefulsets'),
  allow(READ, 'policy', 'poddisruptionbudgets'),
  allow(READ, '', 'persistentvolumeclaims persistentvolumes'),
  ...CHECKS_ACCESS,
  allow(READ, 'storage.k8s.io', 'csinodes'),
  allow(READ, 'storage.k8s.io', 'volumeattachments'),
  allow(READ, '', 'namespaces'),
  allow(READ, 'storage.k8s.io', 'csidrivers'),
  allow(READ, 'storage.k8s.io', 'csistoragecapacities'),
  allow(READ, 'resource.k8s.io', 'deviceclasses'),
  allow(`${READ} update patch`, 'resource.k8s.io', 'resourceclaims'),
  allow(`${READ} update patch`, 'resource.k8s.io', 'resourceclaims/status'),
  allow('update', '', 'pods/finalizers'),
  allow(READ, 'resource.k8s.io', 'resourceslices'),
  allow('create delete', 'resource.k8s.io', 'resourceclaims'),
  allow('update patch', 'resource.k8s.io', 'resourceclaims/binding'),
];

const controllerManager: readonly PolicyRule[] = [
  EVENTS,
  ...leases('kube-controller-manager'),
  allow('create', '', 'secrets serviceaccounts'),
  allow('delete', '', 'secrets'),
  allow('get', '', 'namespaces secrets serviceaccounts configmaps'),
  allow('update', '', 'secrets serviceaccounts'),
  ...CHECKS_ACCESS,
  // For informers, which all controllers share.
  allow('list watch', '*', '*'),
  allow('create', '', 'serviceaccounts/token'),
];

const SIGNERS: readonly [name: string, signer: string][] = [
  ['legacy-unknown-approver', 'kubernetes.io/legacy-unknown'],
  ['kubelet-serving-approver', 'kubernetes.io/kubelet-serving'],
  ['kube-apiserver-client-approver', 'kubernetes.io/kube-apiserver-client'],
  ['kube-apiserver-client-kubelet-approver', 'kubernetes.io/kube-apiserver-client-kubelet'],
];

/** Roles of the control plane's parts. Models bootstrappolicy clusterRoles (1.36). */
export const componentRoles: readonly RoleRow[] = [
  {
    name: 'system:heapster',
    rules: [allow(READ, '', 'events pods nodes namespaces'), allow(READ, 'extensions', 'deployments')],
  },
  { name: 'system:node', rules: nodeRules },
  {
    name: 'system:node-proxier',
    rules: [
      allow('list watch', '', 'services endpoints'),
      allow(READ, '', 'nodes'),
      EVENTS,
      allow('list watch', 'networking.k8s.io', 'servicecidrs'),
      allow('list watch', 'discovery.k8s.io', 'endpointslices'),
    ],
  },
  {
    name: 'system:node-problem-detector',
    rules: [allow('get', '', 'nodes'), allow('patch', '', 'nodes/status'), EVENTS],
  },
  {
    name: 'system:node-bootstrapper',
    rules: [allow(`create ${READ}`, 'certificates.k8s.io', 'certificatesigningrequests')],
  },
  {
    name: 'system:kubelet-api-admin',
    rules: [
      allow(READ, '', 'nodes'),
      allow('proxy', '', 'nodes'),
      allow('*', '', 'nodes/proxy nodes/metrics nodes/stats nodes/log'),
      allow('*', '', 'nodes/pods nodes/healthz nodes/configz'),
    ],
  },
  { name: 'system:auth-delegator', rules: CHECKS_ACCESS },
  { name: 'system:kube-aggregator', rules: [allow(READ, '', 'services endpoints')] },
  { name: 'system:kube-dns', rules: [allow('list watch', '', 'endpoints services')] },
  { name: 'system:kube-scheduler', rules: scheduler },
  {
    name: 'system:volume-scheduler',
    rules: [
      allow(`${READ} update patch`, '', 'persistentvolumes'),
      allow(READ, 'storage.k8s.io', 'storageclasses'),
      allow(`${READ} update patch`, '', 'persistentvolumeclaims'),
    ],
  },
  { name: 'system:kube-controller-manager', rules: controllerManager },
  {
    name: 'system:persistent-volume-provisioner',
    rules: [
      allow(`${READ} create delete`, '', 'persistentvolumes'),
      allow(`${READ} update`, '', 'persistentvolumeclaims'),
      allow(READ, 'storage.k8s.io', 'storageclasses'),
      allow('watch', '', 'events'),
      EVENTS,
    ],
  },
  {
    name: 'system:certificates.k8s.io:certificatesigningrequests:nodeclient',
    rules: [allow('create', 'certificates.k8s.io', 'certificatesigningrequests/nodeclient')],
  },
  {
    name: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    rules: [allow('create', 'certificates.k8s.io', 'certificatesigningrequests/selfnodeclient')],
  },
  ...SIGNERS.map(([name, signer]) => ({
    name: `system:certificates.k8s.io:${name}`,
    rules: [allow('approve', 'certificates.k8s.io', 'signers', signer)],
  })),
];
