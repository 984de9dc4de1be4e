import { describe, expect, it } from '@jest/globals';
import type { Kind } from '../kind.js';
import { runtimeClassKind } from '../node/runtime-class.kind.js';
import { clusterRoleBindingKind } from '../rbac/cluster-role-binding.kind.js';
import { clusterRoleKind } from '../rbac/cluster-role.kind.js';
import { roleBindingKind } from '../rbac/role-binding.kind.js';
import { priorityClassKind } from '../scheduling/priority-class.kind.js';
import { podDisruptionBudgetKind } from './pod-disruption-budget.kind.js';
import { errorsOfNew, made, shown } from '../spec-kind.js';

const roleRef = { kind: 'ClusterRole', name: 'view' };
const RBAC = 'rbac.authorization.k8s.io';

describe('rules of new objects', () => {
  it.each([
    [podDisruptionBudgetKind, { spec: {} }, []],
    [
      podDisruptionBudgetKind,
      { spec: { minAvailable: 1, maxUnavailable: '101%' } },
      [
        'spec: Invalid value: {"minAvailable":1,"maxUnavailable":"101%"}: minAvailable and maxUnavailable cannot be both set',
        'spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
      ],
    ],
    [
      podDisruptionBudgetKind,
      { spec: { minAvailable: -1, unhealthyPodEvictionPolicy: 'Odd' } },
      [
        'spec.minAvailable: Invalid value: -1: must be greater than or equal to 0',
        'spec.unhealthyPodEvictionPolicy: Unsupported value: "Odd": supported values: "AlwaysAllow", "IfHealthyBudget"',
      ],
    ],
    [priorityClassKind, { value: 1_000_000_000 }, []],
    [
      priorityClassKind,
      { value: 1_000_000_001, preemptionPolicy: 'Odd' },
      [
        'value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
        'preemptionPolicy: Unsupported value: "Odd": supported values: "PreemptLowerPriority", "Never"',
      ],
    ],
    [
      priorityClassKind,
      { metadata: { name: 'system-mine' }, value: 1 },
      [
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class",
      ],
    ],
    [priorityClassKind, { metadata: { name: 'system-node-critical' }, value: 2_000_001_000 }, []],
    [runtimeClassKind, { handler: 'runc', overhead: { podFixed: { cpu: '1' } } }, []],
    [
      runtimeClassKind,
      {
        handler: 'a.b',
        overhead: { podFixed: { cpu: '-1' } },
        scheduling: {
          tolerations: [
            { key: 'a', operator: 'Exists' },
            { key: 'a', operator: 'Exists' },
          ],
        },
      },
      [
        'handler: Invalid value: "a.b": must not contain dots',
        'overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
        'scheduling.tolerations[1]: Duplicate value: {"key":"a","operator":"Exists"}',
      ],
    ],
    [
      clusterRoleKind,
      { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'a/b/c': 'x' } }] } },
      [expect.stringMatching(/^aggregationRule\.clusterRoleSelectors\[0\]\.matchLabels: Invalid value: "a\/b\/c"/)],
    ],
    [roleBindingKind, { roleRef, subjects: [{ kind: 'ServiceAccount', name: 'default' }] }, []],
    [
      roleBindingKind,
      { roleRef: { kind: 'Odd', name: 'a/b' }, subjects: [{ kind: 'Odd', name: 'x' }] },
      [
        'roleRef.kind: Unsupported value: "Odd": supported values: "Role", "ClusterRole"',
        'roleRef.name: Invalid value: "a/b": may not contain \'/\'',
        'subjects[0].kind: Unsupported value: "Odd": supported values: "ServiceAccount", "User", "Group"',
      ],
    ],
    [
      clusterRoleBindingKind,
      { roleRef, subjects: [{ kind: 'ServiceAccount', name: 'a b' }, { kind: 'User' }] },
      [
        expect.stringMatching(/^subjects\[0\]\.name: Invalid value: "a b": a lowercase RFC 1123 subdomain/),
        'subjects[0].namespace: Required value',
        'subjects[1].name: Required value',
        'subjects[1].name: Invalid value: "": user name cannot be empty',
      ],
    ],
  ] as [Kind, object, string[]][])('%#', (kind, rest, errors) => {
    expect(errorsOfNew(kind, rest)).toEqual(errors);
  });
});

describe('rules of changes', () => {
  it.each([
    [
      priorityClassKind,
      { value: 2, preemptionPolicy: 'Never' },
      { value: 1 },
      [
        'value: Forbidden: may not be changed in an update.',
        'preemptionPolicy: Invalid value: "Never": field is immutable',
      ],
    ],
    [runtimeClassKind, { handler: 'b' }, { handler: 'a' }, ['handler: Invalid value: "b": field is immutable']],
    [
      roleBindingKind,
      { roleRef },
      { roleRef: { ...roleRef, name: 'edit' } },
      [`roleRef: Invalid value: {"kind":"ClusterRole","name":"view","apiGroup":"${RBAC}"}: cannot change roleRef`],
    ],
  ] as [Kind, object, object, string[]][])('%#', (kind, now, before, errors) => {
    expect(shown(kind.validateUpdate!(made(kind, now), made(kind, before)))).toEqual(errors);
  });

  it('judges the status of a budget', () => {
    const status = {
      disruptionsAllowed: -1,
      conditions: [{ type: 'A', status: 'Odd', reason: '1' }, { type: 'A' }],
    };
    const wrong = shown(
      podDisruptionBudgetKind.validateStatusUpdate!(made(podDisruptionBudgetKind, { status }), {} as never),
    );
    expect(wrong.map((text) => text.slice(0, 60))).toEqual(
      [
        'status.conditions[0].status: Unsupported value: "Odd": suppor',
        'status.conditions[0].lastTransitionTime: Required value: mus',
        'status.conditions[0].reason: Invalid value: "1": a condition',
        'status.conditions[1].type: Duplicate value: "A"',
        'status.conditions[1].status: Unsupported value: "": supporte',
        'status.conditions[1].lastTransitionTime: Required value: mus',
        'status.conditions[1].reason: Required value: must be set',
        'status.disruptionsAllowed: Invalid value: -1: must be greate',
      ].map((text) => text.slice(0, 60)),
    );
  });

  it('counts a class once', () => {
    const one = made(priorityClassKind, { value: 1 });
    priorityClassKind.prepareForCreate!(one, {} as never);
    expect(one.metadata.generation).toBe(1);
    expect(priorityClassKind.generation).toBeUndefined();
  });
});
