import type { PolicyRule } from '../rbac/policy-rule.js';
import { allow, allowPaths, EVENT_GROUPS, READ, READ_WRITE, WRITE } from './notation.js';

/** Which user-facing role takes a role's rules in. */
export type Aggregate = 'admin' | 'edit' | 'view';

export interface RoleRow {
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  /** Its rules are those of all roles that aggregate to it. */
  readonly aggregates?: Aggregate;
  readonly aggregatesTo?: Aggregate;
}

const HEALTH = '/livez /readyz /healthz';

const VIEW: readonly PolicyRule[] = [
  allow(
    READ,
    '',
    'pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status endpoints ' +
      'persistentvolumeclaims persistentvolumeclaims/status configmaps',
  ),
  allow(
    READ,
    '',
    'limitranges resourcequotas bindings pods/status resourcequotas/status namespaces/status ' +
      'replicationcontrollers/status pods/log',
  ),
  allow(READ, '', 'namespaces'),
  allow(READ, EVENT_GROUPS, 'events'),
  allow(READ, 'discovery.k8s.io', 'endpointslices'),
  allow(
    READ,
    'apps',
    'controllerrevisions statefulsets statefulsets/status statefulsets/scale daemonsets daemonsets/status deployments ' +
      'deployments/status deployments/scale replicasets replicasets/status replicasets/scale',
  ),
  allow(READ, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
  allow(READ, 'batch', 'jobs cronjobs cronjobs/status jobs/status'),
  allow(
    READ,
    'extensions',
    'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status ' +
      'replicasets replicasets/scale replicasets/status replicationcontrollers/scale networkpolicies',
  ),
  allow(READ, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
  allow(READ, 'networking.k8s.io', 'networkpolicies ingresses ingresses/status'),
  allow(READ, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
];

const EDIT: readonly PolicyRule[] = [
  allow(READ, '', 'pods/attach pods/proxy pods/exec pods/portforward secrets services/proxy'),
  allow('impersonate', '', 'serviceaccounts'),
  allow(WRITE, '', 'pods pods/attach pods/proxy pods/exec pods/portforward'),
  allow('create', '', 'pods/eviction'),
  allow(
    WRITE,
    '',
    'replicationcontrollers replicationcontrollers/scale serviceaccounts services services/proxy ' +
      'persistentvolumeclaims configmaps secrets',
  ),
  allow('create', '', 'serviceaccounts/token'),
  allow(WRITE, EVENT_GROUPS, 'events'),
  allow(
    WRITE,
    'apps',
    'statefulsets statefulsets/scale daemonsets deployments deployments/scale deployments/rollback replicasets ' +
      'replicasets/scale',
  ),
  allow(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
  allow(WRITE, 'batch', 'jobs cronjobs'),
  allow(
    WRITE,
    'extensions',
    'daemonsets deployments deployments/scale deployments/rollback ingresses replicasets replicasets/scale ' +
      'replicationcontrollers/scale networkpolicies',
  ),
  allow(WRITE, 'policy', 'poddisruptionbudgets'),
  allow(WRITE, 'networking.k8s.io', 'networkpolicies ingresses'),
  allow(READ_WRITE, 'coordination.k8s.io', 'leases'),
  allow(WRITE, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
];

const ADMIN: readonly PolicyRule[] = [
  allow('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
  allow(READ_WRITE, 'rbac.authorization.k8s.io', 'roles rolebindings'),
];

/** Roles that people are given. Models bootstrappolicy clusterRoles (1.36). */
export const userRoles: readonly RoleRow[] = [
  { name: 'cluster-admin', rules: [allow('*', '*', '*'), allowPaths('*', '*')] },
  // The rules of the aggregating ones are what their controller makes of the rest, by the names of these.
  { name: 'admin', aggregates: 'admin', rules: [...EDIT, ...VIEW, ...ADMIN] },
  { name: 'edit', aggregates: 'edit', aggregatesTo: 'admin', rules: [...EDIT, ...VIEW] },
  { name: 'view', aggregates: 'view', aggregatesTo: 'edit', rules: VIEW },
  { name: 'system:aggregate-to-admin', aggregatesTo: 'admin', rules: ADMIN },
  { name: 'system:aggregate-to-edit', aggregatesTo: 'edit', rules: EDIT },
  { name: 'system:aggregate-to-view', aggregatesTo: 'view', rules: VIEW },
  {
    name: 'system:discovery',
    rules: [allowPaths('get', `${HEALTH} /version /version/ /openapi /openapi/* /api /api/* /apis /apis/*`)],
  },
  {
    name: 'system:basic-user',
    rules: [
      allow('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
      allow('create', 'authentication.k8s.io', 'selfsubjectreviews'),
    ],
  },
  { name: 'system:public-info-viewer', rules: [allowPaths('get', `${HEALTH} /version /version/`)] },
  {
    name: 'system:monitoring',
    rules: [
      allowPaths('get', `/metrics /metrics/slis ${HEALTH} /livez/* /readyz/* /healthz/* /flagz /statusz`),
      // For the metrics of kubelets.
      allow('get', '', 'nodes/metrics'),
    ],
  },
  {
    name: 'system:service-account-issuer-discovery',
    // With a slash, too: clients made from older OpenAPI documents ask so.
    rules: [
      allowPaths(
        'get',
        '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/',
      ),
    ],
  },
];
