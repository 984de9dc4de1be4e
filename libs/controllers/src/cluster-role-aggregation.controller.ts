import { deepEqual, isReason, labelMatcherOf } from '#apimachinery';
import { controllerIdentity, defineController, type ObjectKey } from '#controller-runtime';
import { type ClusterRole, clusterRoleKind } from '#kinds';

type Rule = NonNullable<ClusterRole['rules']>[number];

export interface AggregationDeps {
  role(name: string): ClusterRole | undefined;
  roles(): readonly ClusterRole[];
  update(role: ClusterRole): Promise<unknown>;
}

/**
 * The rules of roles that aggregate others. Models kube-controller-manager clusterrole-aggregation (1.36).
 * Differs: it updates under the revision that it read, so that a lost race is seen, where upstream applies by force.
 */
export const clusterRoleAggregationController = defineController<AggregationDeps>({
  name: 'clusterrole-aggregation',
  identity: controllerIdentity('clusterrole-aggregation-controller'),
  watches: [
    {
      resource: clusterRoleKind,
      // Any role may belong to any aggregation, before or after its change. There are few that aggregate.
      keysOf: (_role, { informers }) =>
        informers
          .of<ClusterRole>(clusterRoleKind)
          .list()
          .filter(({ aggregationRule }) => aggregationRule)
          .map(({ metadata }) => ({ namespace: '', name: metadata.name! })),
    },
  ],
  deps: ({ api, informers }) => ({
    role: (name) => informers.of<ClusterRole>(clusterRoleKind).get('', name),
    roles: () => informers.of<ClusterRole>(clusterRoleKind).list(),
    update: (role) => api.update(clusterRoleKind, role),
  }),
  reconcile,
});

export async function reconcile(deps: AggregationDeps, { name }: ObjectKey): Promise<void> {
  const role = deps.role(name);
  if (!role?.aggregationRule) return;
  const rules = aggregatedRules(role, deps.roles());
  if (deepEqual(rules, role.rules ?? [])) return;
  try {
    await deps.update({ ...role, rules });
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}

/** Of each selector's roles by name, every rule once. */
export function aggregatedRules({ metadata, aggregationRule }: ClusterRole, roles: readonly ClusterRole[]): Rule[] {
  const others = roles.filter((role) => role.metadata.name !== metadata.name);
  others.sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1));
  const rules = new Map<string, Rule>();
  for (const selector of aggregationRule?.clusterRoleSelectors ?? []) {
    const matcher = labelMatcherOf(selector);
    for (const role of others) {
      if (!matcher.matches(role.metadata.labels ?? {})) continue;
      for (const rule of role.rules ?? []) {
        const key = keyOf(rule);
        if (!rules.has(key)) rules.set(key, rule);
      }
    }
  }
  return [...rules.values()];
}

/** Absent and empty lists are the same. */
function keyOf({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Rule): string {
  return JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs]);
}
