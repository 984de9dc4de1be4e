import type { FlowSchema, PriorityLevelConfiguration } from '../generated/types.js';
import { danglingCondition } from './flow-conditions.js';
import {
  ANY,
  everything,
  flowSchema,
  group,
  levelOf,
  limitedLevel,
  resources,
  systemAccount,
  user,
} from './flow-notation.js';

/** What every API server makes at its start. Models pkg/apis/flowcontrol/bootstrap of k8s.io/apiserver (1.36). */

const MANAGER = user('system:kube-controller-manager');
const SCHEDULER = user('system:kube-scheduler');
const NODES = group('system:nodes');
const EVERYBODY = [group('system:unauthenticated'), group('system:authenticated')];
const SYSTEM_ACCOUNTS = systemAccount('*');

const LEASES = resources(['get', 'create', 'update'], ['coordination.k8s.io'], ['leases'], ANY);

const exemptSchema = flowSchema({
  name: 'exempt',
  level: 'exempt',
  precedence: 1,
  rules: everything(group('system:masters')),
});
const catchAllSchema = flowSchema({
  name: 'catch-all',
  level: 'catch-all',
  precedence: 10_000,
  by: 'ByUser',
  rules: everything(...EVERYBODY),
});

const exemptLevel = levelOf('exempt', {
  type: 'Exempt',
  exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 },
});
const catchAllLevel = limitedLevel('catch-all', 5, 0);

/** Those whose specs nobody may change. */
export const mandatorySchemas: ReadonlyMap<string, FlowSchema> = mapOf(exemptSchema, catchAllSchema);
export const mandatoryLevels: ReadonlyMap<string, PriorityLevelConfiguration> = mapOf(exemptLevel, catchAllLevel);

function mapOf<T extends { metadata: { name?: string } }>(...objects: T[]): Map<string, T> {
  return new Map(objects.map((object) => [object.metadata.name ?? '', object]));
}

const suggestedLevels: readonly PriorityLevelConfiguration[] = [
  limitedLevel('system', 30, 33, [64, 6, 50]),
  limitedLevel('node-high', 40, 25, [64, 6, 50]),
  limitedLevel('leader-election', 10, 0, [16, 4, 50]),
  limitedLevel('workload-high', 40, 50, [128, 6, 50]),
  limitedLevel('workload-low', 100, 90, [128, 6, 50]),
  limitedLevel('global-default', 20, 50, [128, 6, 50]),
];

const suggestedSchemas: readonly FlowSchema[] = [
  flowSchema({
    name: 'probes',
    level: 'exempt',
    precedence: 2,
    rules: {
      nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
      subjects: EVERYBODY,
    },
  }),
  flowSchema({
    name: 'system-leader-election',
    level: 'leader-election',
    precedence: 100,
    by: 'ByUser',
    rules: { resourceRules: [LEASES], subjects: [MANAGER, SCHEDULER, SYSTEM_ACCOUNTS] },
  }),
  // Before those of workloads, so that endpoints that are no locks are not taken for them.
  flowSchema({
    name: 'endpoint-controller',
    level: 'workload-high',
    precedence: 150,
    by: 'ByUser',
    rules: {
      resourceRules: [resources(['get', 'create', 'update'], [''], ['endpoints'], ANY)],
      subjects: [MANAGER, systemAccount('endpoint-controller'), systemAccount('endpointslicemirroring-controller')],
    },
  }),
  flowSchema({
    name: 'workload-leader-election',
    level: 'leader-election',
    precedence: 200,
    by: 'ByUser',
    rules: {
      resourceRules: [resources(['get', 'create', 'update'], [''], ['endpoints', 'configmaps'], ANY), LEASES],
      subjects: [SYSTEM_ACCOUNTS],
    },
  }),
  flowSchema({
    name: 'system-node-high',
    level: 'node-high',
    precedence: 400,
    by: 'ByUser',
    rules: {
      resourceRules: [
        resources(ANY, [''], ['nodes', 'nodes/status'], ANY, true),
        resources(ANY, ['coordination.k8s.io'], ['leases'], ANY),
      ],
      subjects: [NODES],
    },
  }),
  flowSchema({ name: 'system-nodes', level: 'system', precedence: 500, by: 'ByUser', rules: everything(NODES) }),
  ...(
    [
      ['kube-controller-manager', 'workload-high', 800, 'ByNamespace', [MANAGER]],
      ['kube-scheduler', 'workload-high', 800, 'ByNamespace', [SCHEDULER]],
      ['kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', [SYSTEM_ACCOUNTS]],
      ['service-accounts', 'workload-low', 9000, 'ByUser', [group('system:serviceaccounts')]],
      ['global-default', 'global-default', 9900, 'ByUser', EVERYBODY],
    ] as const
  ).map(([name, level, precedence, by, subjects]) =>
    flowSchema({ name, level, precedence, by, rules: everything(...subjects) }),
  ),
];

function withStatus(schema: FlowSchema, now: string): FlowSchema {
  return { ...schema, status: { conditions: [danglingCondition(schema, true, now)] } };
}

/** Levels first, so that no schema refers to what is not there yet. `now`: RFC 3339. */
export function bootstrapFlows(now: string): (FlowSchema | PriorityLevelConfiguration)[] {
  const levels = [...mandatoryLevels.values(), ...suggestedLevels];
  const schemas = [...mandatorySchemas.values(), ...suggestedSchemas].map((schema) => withStatus(schema, now));
  return structuredClone([...levels, ...schemas]);
}
