import type { PolicyRule } from '../rbac/policy-rule.js';
import { allow, EVENTS, READ } from './notation.js';

const REVISIONS = allow(`${READ} create delete update patch`, 'apps', 'controllerrevisions');
const POD_STATUS = allow('patch update', '', 'pods/status');

/**
 * What each controller of kube-controller-manager may do: role system:controller:{name}, bound to the service account
 * {name} in kube-system. Models bootstrappolicy buildControllerRoles (1.36).
 */
export const controllerRoles: readonly [serviceAccount: string, rules: readonly PolicyRule[]][] = [
  [
    'attachdetach-controller',
    [
      allow('list watch', '', 'persistentvolumes persistentvolumeclaims'),
      allow(READ, '', 'nodes'),
      allow('patch update', '', 'nodes/status'),
      allow('list watch', '', 'pods'),
      EVENTS,
      allow('get create delete list watch', 'storage.k8s.io', 'volumeattachments'),
      allow(READ, 'storage.k8s.io', 'csidrivers'),
      allow(READ, 'storage.k8s.io', 'csinodes'),
    ],
  ],
  [
    'clusterrole-aggregation-controller',
    [allow(`escalate ${READ} update patch`, 'rbac.authorization.k8s.io', 'clusterroles')],
  ],
  [
    'cronjob-controller',
    [
      allow(`${READ} update`, 'batch', 'cronjobs'),
      allow(`${READ} create update delete patch`, 'batch', 'jobs'),
      allow('update', 'batch', 'cronjobs/status'),
      allow('update', 'batch', 'cronjobs/finalizers'),
      allow('list watch delete', '', 'pods'),
      EVENTS,
    ],
  ],
  [
    'daemon-set-controller',
    [
      allow(READ, 'extensions|apps', 'daemonsets'),
      allow('update', 'extensions|apps', 'daemonsets/status'),
      allow('update', 'extensions|apps', 'daemonsets/finalizers'),
      allow('list watch', '', 'nodes'),
      allow('list watch create delete patch', '', 'pods'),
      allow('create', '', 'pods/binding'),
      REVISIONS,
      EVENTS,
    ],
  ],
  [
    'deployment-controller',
    [
      allow(`${READ} update`, 'extensions|apps', 'deployments'),
      allow('update', 'extensions|apps', 'deployments/status'),
      allow('update', 'extensions|apps', 'deployments/finalizers'),
      allow(`${READ} create update patch delete`, 'apps|extensions', 'replicasets'),
      allow(`${READ} update`, '', 'pods'),
      EVENTS,
    ],
  ],
  [
    'disruption-controller',
    [
      allow(READ, 'extensions|apps', 'deployments'),
      allow(READ, 'extensions|apps', 'replicasets'),
      allow(READ, '', 'replicationcontrollers'),
      allow(READ, 'policy', 'poddisruptionbudgets'),
      allow(READ, 'apps', 'statefulsets'),
      allow('update', 'policy', 'poddisruptionbudgets/status'),
      POD_STATUS,
      allow('get', '*', '*/scale'),
      EVENTS,
    ],
  ],
  [
    'endpoint-controller',
    [
      allow(READ, '', 'services pods'),
      allow(`${READ} create update delete`, '', 'endpoints'),
      allow('create', '', 'endpoints/restricted'),
      EVENTS,
    ],
  ],
  [
    'endpointslice-controller',
    [
      allow(READ, '', 'services pods nodes'),
      allow('update', '', 'services/finalizers'),
      allow(`${READ} create update delete`, 'discovery.k8s.io', 'endpointslices'),
      EVENTS,
    ],
  ],
  [
    'endpointslicemirroring-controller',
    [
      allow(READ, '', 'services endpoints'),
      allow('update', '', 'services/finalizers'),
      allow('update', '', 'endpoints/finalizers'),
      allow(`${READ} create update delete`, 'discovery.k8s.io', 'endpointslices'),
      EVENTS,
    ],
  ],
  [
    'expand-controller',
    [
      allow(`${READ} update patch`, '', 'persistentvolumes'),
      allow('update patch', '', 'persistentvolumeclaims/status'),
      allow(READ, '', 'persistentvolumeclaims'),
      EVENTS,
    ],
  ],
  [
    'ephemeral-volume-controller',
    [
      allow(READ, '', 'pods'),
      allow('update', '', 'pods/finalizers'),
      allow(`${READ} create`, '', 'persistentvolumeclaims'),
      EVENTS,
    ],
  ],
  [
    'resource-claim-controller',
    [
      allow(READ, '', 'pods'),
      allow('update', '', 'pods/finalizers'),
      allow(`${READ} create delete`, 'resource.k8s.io', 'resourceclaims'),
      allow('update patch', 'resource.k8s.io', 'resourceclaims resourceclaims/status'),
      allow('update patch', '', 'pods/status'),
      EVENTS,
      allow('update patch', 'resource.k8s.io', 'resourceclaims/binding'),
    ],
  ],
  [
    'device-taint-eviction-controller',
    [
      allow(`${READ} delete`, '', 'pods'),
      allow('update patch', '', 'pods/status'),
      allow(READ, 'resource.k8s.io', 'resourceclaims'),
      allow(READ, 'resource.k8s.io', 'resourceslices'),
      allow(READ, 'resource.k8s.io', 'deviceclasses'),
      EVENTS,
    ],
  ],
  ['generic-garbage-collector', [allow(`${READ} patch update delete`, '*', '*'), EVENTS]],
  [
    'horizontal-pod-autoscaler',
    [
      allow(READ, 'autoscaling', 'horizontalpodautoscalers'),
      allow('update', 'autoscaling', 'horizontalpodautoscalers/status'),
      allow('get update', '*', '*/scale'),
      allow('list watch', '', 'pods'),
      allow('list watch', 'metrics.k8s.io', 'pods'),
      allow(READ, 'custom.metrics.k8s.io', '*'),
      allow(READ, 'external.metrics.k8s.io', '*'),
      EVENTS,
    ],
  ],
  [
    'job-controller',
    [
      allow(`${READ} update patch`, 'batch', 'jobs'),
      allow('update', 'batch', 'jobs/status'),
      allow('update', 'batch', 'jobs/finalizers'),
      allow('list watch create delete patch', '', 'pods'),
      EVENTS,
    ],
  ],
  [
    'namespace-controller',
    [
      allow(`${READ} delete`, '', 'namespaces'),
      allow('update', '', 'namespaces/finalize namespaces/status'),
      allow(`${READ} delete deletecollection`, '*', '*'),
    ],
  ],
  [
    'node-controller',
    [
      allow(`${READ} update delete patch`, '', 'nodes'),
      allow('patch update', '', 'nodes/status'),
      // Differs: upstream's controller sees leases through informers that run as kube-controller-manager.
      allow('get', 'coordination.k8s.io', 'leases'),
      POD_STATUS,
      allow(`${READ} delete`, '', 'pods'),
      EVENTS,
    ],
  ],
  [
    'persistent-volume-binder',
    [
      allow(`${READ} update create delete`, '', 'persistentvolumes'),
      allow('update', '', 'persistentvolumes/status'),
      allow(`${READ} update`, '', 'persistentvolumeclaims'),
      allow('update', '', 'persistentvolumeclaims/status'),
      allow(`${READ} create delete`, '', 'pods'),
      allow(READ, 'storage.k8s.io', 'storageclasses'),
      allow('list watch', '', 'nodes'),
      EVENTS,
      allow('watch', '', 'events'),
    ],
  ],
  [
    'pod-garbage-collector',
    [allow('list watch delete', '', 'pods'), allow(READ, '', 'nodes'), allow('patch', '', 'pods/status')],
  ],
  ['pv-protection-controller', [allow(`${READ} update`, '', 'persistentvolumes'), EVENTS]],
  [
    'pvc-protection-controller',
    [
      allow(`${READ} update`, '', 'persistentvolumeclaims'),
      allow('update', '', 'persistentvolumeclaims/status'),
      allow(READ, '', 'pods'),
      EVENTS,
    ],
  ],
  [
    'replicaset-controller',
    [
      allow(`${READ} update`, 'apps|extensions', 'replicasets'),
      allow('update', 'apps|extensions', 'replicasets/status'),
      allow('update', 'apps|extensions', 'replicasets/finalizers'),
      allow('list watch patch create delete', '', 'pods'),
      EVENTS,
    ],
  ],
  [
    'replication-controller',
    [
      allow(`${READ} update`, '', 'replicationcontrollers'),
      allow('update', '', 'replicationcontrollers/status'),
      allow('update', '', 'replicationcontrollers/finalizers'),
      allow('list watch patch create delete', '', 'pods'),
      EVENTS,
    ],
  ],
  ['resourcequota-controller', [allow('list watch', '*', '*'), allow('update', '', 'resourcequotas/status'), EVENTS]],
  ['route-controller', [allow('list watch', '', 'nodes'), allow('patch', '', 'nodes/status'), EVENTS]],
  ['root-ca-cert-publisher', [allow('create update', '', 'configmaps'), EVENTS]],
  ['service-account-controller', [allow('create', '', 'serviceaccounts'), EVENTS]],
  [
    'service-controller',
    [
      allow(READ, '', 'services'),
      allow('patch update', '', 'services/status'),
      allow('list watch', '', 'nodes'),
      EVENTS,
    ],
  ],
  [
    'service-cidrs-controller',
    [
      allow(`${READ} patch update`, 'networking.k8s.io', 'servicecidrs'),
      allow('patch update', 'networking.k8s.io', 'servicecidrs/finalizers'),
      allow('patch update', 'networking.k8s.io', 'servicecidrs/status'),
      allow(READ, 'networking.k8s.io', 'ipaddresses'),
      EVENTS,
    ],
  ],
  [
    'statefulset-controller',
    [
      allow('list watch', '', 'pods'),
      allow(READ, 'apps', 'statefulsets'),
      allow('update', 'apps', 'statefulsets/status'),
      allow('update', 'apps', 'statefulsets/finalizers'),
      allow('get create delete update patch', '', 'pods'),
      REVISIONS,
      allow(`${READ} create`, '', 'persistentvolumeclaims'),
      allow('update delete', '', 'persistentvolumeclaims'),
      allow('update', '', 'pods/finalizers'),
      EVENTS,
    ],
  ],
  ['ttl-after-finished-controller', [allow(`${READ} delete`, 'batch', 'jobs'), EVENTS]],
  ['ttl-controller', [allow('update patch list watch', '', 'nodes'), EVENTS]],
  [
    'certificate-controller',
    [
      allow(`${READ} delete`, 'certificates.k8s.io', 'certificatesigningrequests'),
      allow('update', 'certificates.k8s.io', 'certificatesigningrequests/status certificatesigningrequests/approval'),
      allow('approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-client-kubelet'),
      allow(
        'sign',
        'certificates.k8s.io',
        'signers',
        'kubernetes.io/legacy-unknown kubernetes.io/kube-apiserver-client ' +
          'kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving',
      ),
      allow('create', 'authorization.k8s.io', 'subjectaccessreviews'),
      EVENTS,
    ],
  ],
  [
    'volumeattributesclass-protection-controller',
    [
      allow(READ, '', 'persistentvolumeclaims'),
      allow(READ, '', 'persistentvolumes'),
      allow(`${READ} update`, 'storage.k8s.io', 'volumeattributesclasses'),
      EVENTS,
    ],
  ],
  [
    'validatingadmissionpolicy-status-controller',
    [
      allow(READ, 'admissionregistration.k8s.io', 'validatingadmissionpolicies'),
      allow('get patch update', 'admissionregistration.k8s.io', 'validatingadmissionpolicies/status'),
      EVENTS,
    ],
  ],
  [
    'legacy-service-account-token-cleaner',
    [
      allow('get', '', 'configmaps', 'kube-apiserver-legacy-service-account-token-tracking'),
      allow('patch delete', '', 'secrets'),
    ],
  ],
  [
    'selinux-warning-controller',
    [
      EVENTS,
      allow(READ, '', 'persistentvolumes'),
      allow(READ, '', 'persistentvolumeclaims'),
      allow(READ, '', 'pods'),
      allow(READ, 'storage.k8s.io', 'csidrivers'),
    ],
  ],
];
