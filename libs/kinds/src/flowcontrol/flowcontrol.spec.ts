import { describe, expect, it } from '@jest/globals';
import type { FlowSchema, PriorityLevelConfiguration } from '../generated/types.js';
import type { Kind } from '../kind.js';
import { bootstrapFlows } from './bootstrap-flows.js';
import { flowSchemaKind } from './flow-schema.kind.js';
import { priorityLevelConfigurationKind } from './priority-level-configuration.kind.js';
import { shown } from '../spec-kind.js';

const NOW = '2026-01-01T00:00:00Z';
const kindOf = ({ kind }: { kind: string }): Kind =>
  kind === 'FlowSchema' ? flowSchemaKind : priorityLevelConfigurationKind;

function level(name: string, spec: object): PriorityLevelConfiguration {
  const one = { apiVersion: '', kind: 'PriorityLevelConfiguration', metadata: { name }, spec: structuredClone(spec) };
  priorityLevelConfigurationKind.applyDefaults!(one as PriorityLevelConfiguration);
  return one as PriorityLevelConfiguration;
}

function schema(spec: object, name = 'mine'): FlowSchema {
  const one = { apiVersion: '', kind: 'FlowSchema', metadata: { name }, spec: structuredClone(spec) } as FlowSchema;
  flowSchemaKind.applyDefaults!(one);
  return one;
}

const queued = (queuing: object) => ({ type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing } } });
const queuing = 'spec.limited.limitResponse.queuing';

describe('bootstrapFlows', () => {
  it.each(bootstrapFlows(NOW).map((one) => [`${one.kind} ${one.metadata.name}`, one] as const))(
    '%s is complete and right',
    (_name, one) => {
      const before = structuredClone(one);
      kindOf(one).applyDefaults!(one);
      expect(one).toEqual(before);
      expect(kindOf(one).validate!(one)).toEqual([]);
    },
  );

  it('shows what a real cluster shows', () => {
    const rows = bootstrapFlows(NOW).map((one) => kindOf(one).row!(one, 0));
    expect(rows.map((cells) => cells.filter((_, i) => i !== (cells.length === 6 ? 4 : 6)).join(' '))).toEqual([
      'exempt Exempt <none> <none> <none> <none>',
      'catch-all Limited 5 <none> <none> <none>',
      'system Limited 30 64 6 50',
      'node-high Limited 40 64 6 50',
      'leader-election Limited 10 16 4 50',
      'workload-high Limited 40 128 6 50',
      'workload-low Limited 100 128 6 50',
      'global-default Limited 20 128 6 50',
      'exempt exempt 1 <none> False',
      'catch-all catch-all 10000 ByUser False',
      'probes exempt 2 <none> False',
      'system-leader-election leader-election 100 ByUser False',
      'endpoint-controller workload-high 150 ByUser False',
      'workload-leader-election leader-election 200 ByUser False',
      'system-node-high node-high 400 ByUser False',
      'system-nodes system 500 ByUser False',
      'kube-controller-manager workload-high 800 ByNamespace False',
      'kube-scheduler workload-high 800 ByNamespace False',
      'kube-system-service-accounts workload-high 900 ByNamespace False',
      'service-accounts workload-low 9000 ByUser False',
      'global-default global-default 9900 ByUser False',
    ]);
  });
});

describe('PriorityLevelConfiguration', () => {
  it.each([
    [level('a', queued({})), []],
    [level('a', { type: 'Limited' }), ['spec.limited: Required value: must not be empty when type is Limited']],
    [
      level('a', { type: 'Exempt' }),
      ["spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if name is 'exempt'"],
    ],
    [level('exempt', { type: 'Exempt', exempt: { lendablePercent: 50 } }), []],
    [
      level('exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: -1, lendablePercent: 101 } }),
      [
        'spec.exempt.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer',
        'spec.exempt.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive',
      ],
    ],
    [
      level('catch-all', { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } }),
      [expect.stringMatching(/^spec: Invalid value: .*: spec of 'catch-all' must equal the fixed value$/)],
    ],
    [
      level('a', queued({ queues: 512, handSize: 8 })),
      [
        `${queuing}.handSize: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should not be greater than 60`,
      ],
    ],
    [level('a', queued({ queues: 10_000_000, handSize: 2 })), []],
    [
      level('a', queued({ queues: 2 ** 31 - 1, handSize: 3 })),
      [
        `${queuing}.queues: Invalid value: 2147483647: must not be greater than 10000000`,
        `${queuing}.handSize: Invalid value: 3: required entropy bits of deckSize 2147483647 and handSize 3 should not be greater than 60`,
      ],
    ],
    [
      level('a', queued({ queues: 7, handSize: 8 })),
      [`${queuing}.handSize: Invalid value: 8: should not be greater than queues (7)`],
    ],
  ] as [PriorityLevelConfiguration, string[]][])('%#', (one, errors) => {
    expect(shown(priorityLevelConfigurationKind.validate!(one))).toEqual(errors);
  });
});

describe('FlowSchema', () => {
  const to = { priorityLevelConfiguration: { name: 'global-default' } };
  const rule = {
    subjects: [{ kind: 'User', user: { name: 'a' } }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  };

  it.each([
    [schema({ ...to, rules: [rule] }), []],
    [
      schema({ matchingPrecedence: 1, distinguisherMethod: { type: 'Odd' } }),
      [
        "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
        'spec.distinguisherMethod.type: Unsupported value: {"type":"Odd"}: supported values: "ByNamespace", "ByUser"',
        'spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
      ],
    ],
    [
      schema({ ...to, rules: [{ subjects: [{ kind: 'User', group: { name: 'g' } }] }] }),
      [
        "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'",
        "spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'",
        'spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty',
      ],
    ],
    [
      schema({
        ...to,
        rules: [
          {
            ...rule,
            nonResourceRules: [{ verbs: ['odd'], nonResourceURLs: ['/a*', '/a/*', '//', 'a'] }],
            resourceRules: [{ verbs: ['*', 'get'], apiGroups: [], resources: ['*', 'a'] }],
          },
        ],
      }),
      [
        'spec.rules[0].resourceRules[0].verbs: Invalid value: ["*","get"]: if \'*\' is present, must not specify other verbs',
        'spec.rules[0].resourceRules[0].apiGroups: Required value: resource rules must supply at least one api group',
        'spec.rules[0].resourceRules[0].resources: Invalid value: ["*","a"]: if \'*\' is present, must not specify other resources',
        'spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace',
        'spec.rules[0].nonResourceRules[0].verbs: Unsupported value: ["odd"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"',
        'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "/a*": wildcard can only do suffix matching',
        'spec.rules[0].nonResourceRules[0].nonResourceURLs[2]: Invalid value: "//": must not contain double slash',
        'spec.rules[0].nonResourceRules[0].nonResourceURLs[3]: Invalid value: "a": must start with slash',
      ],
    ],
    [
      schema({ ...to, rules: [rule] }, 'exempt'),
      [expect.stringMatching(/^spec: Invalid value: .*: spec of 'exempt' must equal the fixed value$/)],
    ],
  ] as [FlowSchema, string[]][])('%#', (one, errors) => {
    expect(shown(flowSchemaKind.validate!(one))).toEqual(errors);
  });

  it('names each condition once', () => {
    const one = { ...schema(to), status: { conditions: [{ type: 'A' }, { type: 'A' }, {}] } };
    expect(shown(flowSchemaKind.validateStatusUpdate!(one, one))).toEqual([
      'status.conditions[1].type: Duplicate value: "A"',
      'status.conditions[2].type: Required value: must not be empty',
    ]);
  });
});
