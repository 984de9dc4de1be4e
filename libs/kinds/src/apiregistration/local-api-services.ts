import type { KindCatalog } from '../catalog.js';
import type { APIService } from '../generated/types.js';

/** How the aggregator looks after one: made at the start and then left alone, or put right for ever. */
export const AUTOMANAGED = 'kube-aggregator.kubernetes.io/automanaged';

interface Priority {
  readonly group: number;
  readonly version: number;
}

/**
 * [group, priority of the group, priorities of its versions]: apiVersionPriorities of pkg/controlplane/apiserver.go and
 * DefaultGenericAPIServicePriorities of pkg/controlplane/apiserver/aggregator.go (1.36). A version that is not here is
 * not registered: apiregistration.k8s.io is not, its server is the aggregator itself.
 */
const PRIORITIES: readonly (readonly [string, number, Readonly<Record<string, number>>])[] = [
  ['', 18_000, { v1: 1 }],
  ['apps', 17_800, { v1: 15 }],
  ['events.k8s.io', 17_750, { v1: 15, v1beta1: 5 }],
  ['authentication.k8s.io', 17_700, { v1: 15, v1beta1: 9, v1alpha1: 1 }],
  ['authorization.k8s.io', 17_600, { v1: 15 }],
  ['autoscaling', 17_500, { v1: 15, v2: 30 }],
  ['batch', 17_400, { v1: 15, v1beta1: 9 }],
  ['certificates.k8s.io', 17_300, { v1: 15, v1beta1: 9, v1alpha1: 1 }],
  ['networking.k8s.io', 17_200, { v1: 15, v1beta1: 9 }],
  ['policy', 17_100, { v1: 15, v1beta1: 9 }],
  ['rbac.authorization.k8s.io', 17_000, { v1: 15 }],
  ['storage.k8s.io', 16_800, { v1: 15, v1beta1: 9, v1alpha1: 1 }],
  ['apiextensions.k8s.io', 16_700, { v1: 15 }],
  ['admissionregistration.k8s.io', 16_700, { v1: 15, v1beta1: 12, v1alpha1: 9 }],
  ['scheduling.k8s.io', 16_600, { v1: 15, v1alpha2: 9 }],
  ['coordination.k8s.io', 16_500, { v1: 15, v1beta1: 13, v1alpha2: 12 }],
  ['node.k8s.io', 16_300, { v1: 15, v1beta1: 9, v1alpha1: 1 }],
  ['discovery.k8s.io', 16_200, { v1: 15, v1beta1: 12 }],
  ['resource.k8s.io', 16_200, { v1: 20, v1beta2: 15, v1beta1: 9, v1alpha3: 1 }],
  ['flowcontrol.apiserver.k8s.io', 16_100, { v1: 21, v1beta3: 18, v1beta2: 15, v1beta1: 12, v1alpha1: 9 }],
  ['internal.apiserver.k8s.io', 16_000, { v1alpha1: 9 }],
  ['storagemigration.k8s.io', 15_800, { v1beta1: 9 }],
];

const known = new Map(
  PRIORITIES.flatMap(([group, priority, versions]) =>
    Object.entries(versions).map(([version, of]): [string, Priority] => [
      nameOf(group, version),
      { group: priority, version: of },
    ]),
  ),
);

/** Relatively low, and equal for all: versions of CRDs sort among themselves as Kubernetes' do. */
const OF_DEFINITIONS: Priority = { group: 1_000, version: 100 };

function nameOf(group: string, version: string): string {
  return `${version}.${group}`;
}

/** What kube-apiserver registers when it starts: one for each version that it serves. */
export function builtInApiServices(kinds: KindCatalog): APIService[] {
  return kinds.groups.flatMap(({ name: group, versions }) =>
    versions.flatMap((version) => {
      const priority = known.get(nameOf(group, version));
      return priority ? [local(group, version, priority, 'onstart')] : [];
    }),
  );
}

export function isBuiltInApiService(name: string): boolean {
  return known.has(name);
}

/** For a version that a CRD brought. */
export function definitionApiService(group: string, version: string): APIService {
  return local(group, version, OF_DEFINITIONS, 'true');
}

function local(group: string, version: string, priority: Priority, automanaged: string): APIService {
  const spec = { version, groupPriorityMinimum: priority.group, versionPriority: priority.version };
  return {
    ...{ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService' },
    metadata: { name: nameOf(group, version), labels: { [AUTOMANAGED]: automanaged } },
    spec: group === '' ? spec : { group, ...spec },
  };
}
