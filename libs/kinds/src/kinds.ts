import { apiVersionOf } from '#apimachinery';
import { deploymentKind } from './apps/deployment.kind.js';
import { replicaSetKind } from './apps/replica-set.kind.js';
import type { KindCatalog } from './catalog.js';
import { catalogOf } from './catalog-of.js';
import { leaseKind } from './coordination/lease.kind.js';
import { configMapKind } from './core/config-map.kind.js';
import { endpointsKind } from './core/endpoints.kind.js';
import { eventKind } from './core/event.kind.js';
import { namespaceKind } from './core/namespace.kind.js';
import { nodeKind } from './core/node.kind.js';
import { podKind } from './core/pod/pod.kind.js';
import { secretKind } from './core/secret.kind.js';
import { serviceAccountKind } from './core/service-account.kind.js';
import { serviceKind } from './core/service/service.kind.js';
import { defineKind } from './define-kind.js';
import { resourceFacts } from './definitions.js';
import { endpointSliceKind } from './discovery/endpoint-slice.kind.js';
import { eventsEventKind } from './events/event.kind.js';
import type { Kind } from './kind.js';
import { clusterRoleBindingKind } from './rbac/cluster-role-binding.kind.js';
import { clusterRoleKind } from './rbac/cluster-role.kind.js';
import { roleBindingKind } from './rbac/role-binding.kind.js';
import { roleKind } from './rbac/role.kind.js';
import { sandboxKind } from './sandkube/sandbox.kind.js';
import { sandboxSnapshotKind } from './sandkube/sandbox-snapshot.kind.js';
import { sandboxTemplateKind } from './sandkube/sandbox-template.kind.js';
import { priorityClassKind } from './scheduling/priority-class.kind.js';

/** Every `*.kind.ts` that a sandbox serves: one row each. Resources without one are served by the published facts alone. */
const kindsWithRules: readonly Kind[] = [
  podKind,
  nodeKind,
  namespaceKind,
  serviceKind,
  endpointsKind,
  configMapKind,
  secretKind,
  serviceAccountKind,
  eventKind,
  eventsEventKind,
  endpointSliceKind,
  leaseKind,
  deploymentKind,
  replicaSetKind,
  roleKind,
  clusterRoleKind,
  roleBindingKind,
  clusterRoleBindingKind,
  priorityClassKind,
];

const HOST_GROUP = 'sandkube.dev';

/** The rest of the published resources, by the generic path. */
function genericKinds(): Kind[] {
  const special = new Set(kindsWithRules.map((kind) => `${apiVersionOf(kind)}/${kind.resource}`));
  return Object.entries(resourceFacts).flatMap(([apiVersion, resources]) =>
    Object.keys(resources)
      .filter((resource) => !resource.includes('/') && !special.has(`${apiVersion}/${resource}`))
      .filter(() => !apiVersion.startsWith(`${HOST_GROUP}/`))
      .map((resource) => defineKind({ apiVersion, resource })),
  );
}

const allBuiltIn: readonly Kind[] = [...kindsWithRules, ...genericKinds()];

/** What every sandbox serves. */
export const builtInKinds: KindCatalog = catalogOf(allBuiltIn);

/** Groups of a cluster that mean something on the host as well; it runs no pods. */
const HOST_GROUPS: readonly string[] = [
  'authentication.k8s.io',
  'authorization.k8s.io',
  'coordination.k8s.io',
  'events.k8s.io',
  'rbac.authorization.k8s.io',
];
const HOST_CORE: readonly string[] = [
  'namespaces',
  'secrets',
  'configmaps',
  'events',
  'serviceaccounts',
  'resourcequotas',
  'limitranges',
];

/** What the management plane serves at `/`. */
export const hostKinds: KindCatalog = catalogOf(
  [
    sandboxKind,
    sandboxTemplateKind,
    sandboxSnapshotKind,
    ...allBuiltIn.filter(({ group, resource }) =>
      group === '' ? HOST_CORE.includes(resource) : HOST_GROUPS.includes(group),
    ),
  ],
  'host',
);
