import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import type { Kind } from '../kind.js';
import { podGroupKind } from './pod-group.kind.js';
import { workloadKind } from './workload.kind.js';
import { shown } from '../spec-kind.js';

const made = (kind: Kind, rest: object): KubeObject =>
  structuredClone({ apiVersion: '', kind: kind.kind, metadata: { name: 'a' }, ...rest });
const errorsOfNew = (kind: Kind, spec: object) => shown(kind.validateCreate!(made(kind, { spec })));
const errorsOfChange = (kind: Kind, before: object, after: object) =>
  shown(kind.validateUpdate!(made(kind, { spec: after }), made(kind, { spec: before })));

const gang = { gang: { minCount: 2 } };
const template = { name: 'workers', schedulingPolicy: gang };

describe('a new workload', () => {
  it.each([
    [{ podGroupTemplates: [template] }, []],
    [{}, ['spec.podGroupTemplates: Required value']],
    [
      { podGroupTemplates: Array.from({ length: 9 }, (_, i) => ({ ...template, name: `t${i}` })) },
      ['spec.podGroupTemplates: Too many: 9: must have at most 8 items'],
    ],
    [
      { controllerRef: { kind: '', name: 'a/b' }, podGroupTemplates: [template, template] },
      [
        'spec.controllerRef.kind: Required value',
        'spec.controllerRef.name: Invalid value: "a/b": may not contain \'/\'',
        'spec.podGroupTemplates[1]: Duplicate value: {"name":"workers","schedulingPolicy":{"gang":{"minCount":2}}}',
      ],
    ],
    [
      {
        podGroupTemplates: [
          { name: 'A', schedulingPolicy: {} },
          { name: 'b', schedulingPolicy: { basic: {}, gang: {} } },
          { name: 'c', schedulingPolicy: { gang: { minCount: -1 } }, disruptionMode: 'Odd', priorityClassName: 'A' },
        ],
      },
      [
        expect.stringMatching(/^spec\.podGroupTemplates\[0\]\.name: Invalid value: "A": a lowercase RFC 1123 label/),
        'spec.podGroupTemplates[0].schedulingPolicy: Invalid value: "": must specify one of: `basic`, `gang`',
        'spec.podGroupTemplates[1].schedulingPolicy: Invalid value: "{basic, gang}": must specify exactly one of: `basic`, `gang`',
        'spec.podGroupTemplates[1].schedulingPolicy.gang.minCount: Required value',
        'spec.podGroupTemplates[2].schedulingPolicy.gang.minCount: Invalid value: -1: must be greater than or equal to 1',
        'spec.podGroupTemplates[2].disruptionMode: Unsupported value: "Odd": supported values: "Pod", "PodGroup"',
        expect.stringMatching(/^spec\.podGroupTemplates\[2\]\.priorityClassName: Invalid value: "A"/),
      ],
    ],
  ] as [object, unknown[]][])('%#', (spec, errors) => {
    expect(errorsOfNew(workloadKind, spec)).toEqual(errors);
  });

  it('stays as it is', () => {
    const spec = { podGroupTemplates: [template] };
    expect(errorsOfChange(workloadKind, spec, spec)).toEqual([]);
    expect(errorsOfChange(workloadKind, { ...spec, controllerRef: { kind: 'Job', name: 'a' } }, spec)).toEqual([
      'spec.controllerRef: Invalid value: null: field is immutable',
    ]);
  });
});

describe('a group of pods', () => {
  it.each([
    [{ schedulingPolicy: gang }, []],
    [
      {
        schedulingPolicy: { basic: {} },
        podGroupTemplateRef: { workload: { workloadName: 'a' } },
        schedulingConstraints: { topology: [{ key: 'a b' }] },
        resourceClaims: [{ name: 'a' }, { name: 'b', resourceClaimName: 'A' }],
      },
      [
        'spec.podGroupTemplateRef.workload.podGroupTemplateName: Required value',
        expect.stringMatching(/^spec\.schedulingConstraints\.topology\[0\]\.key: Invalid value: "a b": name part/),
        'spec.resourceClaims[0]: Invalid value: "": must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
        expect.stringMatching(/^spec\.resourceClaims\[1\]\.resourceClaimName: Invalid value: "A"/),
      ],
    ],
    [
      {
        schedulingPolicy: gang,
        podGroupTemplateRef: {},
        schedulingConstraints: { topology: [{ key: 'a' }, { key: 'b' }] },
      },
      [
        'spec.podGroupTemplateRef: Invalid value: "": must specify one of: `workload`',
        'spec.schedulingConstraints.topology: Too many: 2: must have at most 1 items',
      ],
    ],
  ] as [object, unknown[]][])('%#', (spec, errors) => {
    expect(errorsOfNew(podGroupKind, spec)).toEqual(errors);
  });

  it('stays as it is, and its status speaks of its own claims', () => {
    expect(errorsOfChange(podGroupKind, { schedulingPolicy: gang }, { schedulingPolicy: gang, priority: 1 })).toEqual([
      'spec.priority: Invalid value: 1: field is immutable',
    ]);
    const group = made(podGroupKind, {
      spec: { schedulingPolicy: gang, resourceClaims: [{ name: 'gpu', resourceClaimName: 'a' }] },
      status: { resourceClaimStatuses: [{ name: 'gpu' }, { name: 'other' }], conditions: [{ type: 'A' }] },
    });
    expect(shown(podGroupKind.validateStatusUpdate!(group as never, group as never))).toEqual([
      'status.conditions[0].status: Unsupported value: "": supported values: "False", "True", "Unknown"',
      'status.conditions[0].lastTransitionTime: Required value: must be set',
      'status.conditions[0].reason: Required value: must be set',
      'status.resourceClaimStatuses[1].name: Invalid value: "other": must match the name of an entry in `spec.resourceClaims`',
    ]);
  });
});
