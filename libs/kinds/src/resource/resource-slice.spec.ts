import { describe, expect, it } from '@jest/globals';
import { Random } from '#base';
import { FakeClock } from '#testing';
import type { ResourceSlice, V1beta1ResourceSlice } from '../generated/types.js';
import { resourceSliceKind } from './resource-slice.kind.js';
import { resourceSliceV1beta1Kind } from './resource-slice-v1beta1.kind.js';
import { shown } from '../spec-kind.js';

const pool = { name: 'node01', generation: 0, resourceSliceCount: 1 };
const plain = { driver: 'gpu.example.com', pool, nodeName: 'node01' };
const WHERE = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';

function sliceOf(spec: object): ResourceSlice {
  const metadata = { name: 'a' };
  return structuredClone({ apiVersion: 'resource.k8s.io/v1', kind: 'ResourceSlice', metadata, spec }) as ResourceSlice;
}

const errorsOfNew = (spec: object) => shown(resourceSliceKind.validateCreate!(sliceOf(spec)));
const errorsOfDevice = (device: object) => errorsOfNew({ ...plain, devices: [{ name: 'gpu-0', ...device }] });
const AT = 'spec.devices[0]';

describe('a new slice', () => {
  it.each([
    [plain, []],
    [
      {},
      [
        'spec.driver: Required value',
        expect.stringMatching(/^spec\.driver: Invalid value: ""/),
        'spec.pool.name: Required value',
        'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
        `spec: Required value: ${WHERE}`,
      ],
    ],
    [
      { ...plain, nodeName: '', allNodes: false, pool: { ...pool, generation: -1 } },
      [
        'spec.pool.generation: Invalid value: -1: must be greater than or equal to zero',
        'spec.nodeName: Invalid value: "": must be either unset or set to a non-empty string',
        'spec.allNodes: Invalid value: false: must be either unset or set to true',
        `spec: Required value: ${WHERE}`,
      ],
    ],
    [
      { ...plain, allNodes: true, nodeSelector: { nodeSelectorTerms: [{}, {}] } },
      [
        'spec.nodeSelector.nodeSelectorTerms: Invalid value: [{},{}]: must have exactly one node selector term',
        `spec: Invalid value: "{\`nodeName\`, \`nodeSelector\`, \`allNodes\`}": ${WHERE}, but multiple fields are set`,
      ],
    ],
    [
      {
        ...plain,
        devices: [{ name: 'a' }, { name: 'a' }],
        sharedCounters: [
          { name: 'c', counters: {} },
          { name: 'd', counters: { A: { value: '1' } } },
        ],
      },
      [
        'spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed',
        'spec.devices[1]: Duplicate value: "a"',
        'spec.sharedCounters[0].counters: Required value',
        expect.stringMatching(/^spec\.sharedCounters\[1\]\.counters: Invalid value: "A"/),
      ],
    ],
    [
      { ...plain, devices: Array.from({ length: 129 }, (_, i) => ({ name: `gpu-${i}` })) },
      ['spec.devices: Too many: 129: must have at most 128 items'],
    ],
    [
      {
        ...plain,
        devices: Array.from({ length: 65 }, (_, i) => ({ name: `gpu-${i}`, taints: [{ key: 'a', effect: 'None' }] })),
      },
      ['spec.devices: Too many: 65: must have at most 64 items'],
    ],
  ])('%#', (spec, errors) => {
    expect(errorsOfNew(spec)).toEqual(errors);
  });
});

const shared = (requestPolicy: object) => ({
  allowMultipleAllocations: true,
  capacity: { memory: { value: '10Gi', requestPolicy } },
});
const POLICY = `${AT}.capacity[memory].requestPolicy`;

describe('a device', () => {
  it.each([
    [
      {
        attributes: { model: { string: 'x' }, 'example.com/count': { int: 0 } },
        capacity: { memory: { value: '1Gi' } },
      },
      [],
    ],
    [{ name: 'GPU' }, [expect.stringMatching(/^spec\.devices\[0\]\.name: Invalid value: "GPU"/)]],
    [
      { attributes: { 'a-b': { int: 1 }, '/a': { int: 1 }, 'a/': { int: 1 }, 'a/b/c': { int: 1 } } },
      [
        expect.stringMatching(/^spec\.devices\[0\]\.attributes: Invalid value: "a-b": a valid C identifier must start/),
        `${AT}.attributes: Invalid value: "": the domain must not be empty`,
        `${AT}.attributes: Invalid value: "": the name must not be empty`,
        `${AT}.attributes: Invalid value: "a/b/c": must not contain more than one slash`,
      ],
    ],
    [
      { attributes: { a: {}, b: { int: 1, bool: true }, c: { version: '1' }, d: { string: 'x'.repeat(65) } } },
      [
        `${AT}.attributes[a]: Invalid value: "": exactly one value must be specified`,
        `${AT}.attributes[b]: Invalid value: {"int":1,"bool":true}: exactly one value must be specified`,
        `${AT}.attributes[c].version: Invalid value: "1": must be a string compatible with semver.org spec 2.0.0`,
        `${AT}.attributes[d].string: Too long: may not be more than 64 bytes`,
      ],
    ],
    [{ attributes: { c: { version: '1.2.3-rc.1+build.5' } } }, []],
    [
      { attributes: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`a${i}`, { int: i }])) },
      [`${AT}: Invalid value: 33: the total number of attributes and capacities must not exceed 32`],
    ],
    [
      { attributes: { ids: { ints: Array.from({ length: 49 }, (_, i) => i) } } },
      [`${AT}: Invalid value: 49: the total number of attribute values must not exceed 48`],
    ],
    [
      { capacity: { memory: { value: '1', requestPolicy: { default: '1' } } } },
      [`${POLICY}: Forbidden: allowMultipleAllocations must be true`],
    ],
    [shared({ default: '1Gi', validRange: { min: '1Gi', step: '1Gi', max: '10Gi' } }), []],
    [
      shared({ default: '1Gi', validRange: { min: '2Gi', max: '20Gi', step: '3Gi' } }),
      [
        `${POLICY}.validRange.default: Invalid value: "1Gi": default is less than min: 2Gi`,
        `${POLICY}.validRange.max: Invalid value: "20Gi": max is larger than capacity value: 10Gi`,
        `${POLICY}.validRange.step: Invalid value: "1Gi": value is not a multiple of a given step (3Gi) from (2Gi)`,
      ],
    ],
    [shared({ validRange: { min: '1' } }), [`${POLICY}.default: Required value: required when validRange is defined`]],
    [
      shared({ default: '3Gi', validValues: ['2Gi', '1Gi', '20Gi'] }),
      [
        `${POLICY}.validValues[1]: Invalid value: "1Gi": values must be sorted in ascending order`,
        `${POLICY}.validValues[2]: Invalid value: "20Gi": option is larger than capacity value: 10Gi`,
        `${POLICY}.validValues: Invalid value: "3Gi": default value is not valid according to the requestPolicy`,
      ],
    ],
    [
      { taints: [{ key: 'a', effect: '' }], consumesCounters: [{ counterSet: '', counters: {} }] },
      [
        `${AT}.taints[0].effect: Required value`,
        `${AT}.consumesCounters[0].counterSet: Required value`,
        `${AT}.consumesCounters[0].counters: Required value`,
      ],
    ],
    [
      { allNodes: true },
      [
        `${AT}: Invalid value: null: \`nodeName\`, \`nodeSelector\` and \`allNodes\` can only be set if \`perDeviceNodeSelection\` is set to true in the ResourceSlice spec`,
      ],
    ],
    [
      { bindingConditions: ['a', 'a'], bindingFailureConditions: ['a'] },
      [
        `${AT}.bindingConditions[1]: Duplicate value: "a"`,
        `${AT}.bindingFailureConditions[0]: Invalid value: "a": bindingFailureConditions must not overlap with bindingConditions`,
      ],
    ],
    [
      {
        nodeAllocatableResourceMappings: {
          'example.com/gpu': {},
          cpu: { capacityKey: 'cores', allocationMultiplier: '0' },
          memory: { allocationMultiplier: '1 +' },
        },
      },
      [
        `${AT}.nodeAllocatableResourceMappings[example.com/gpu]: Invalid value: "example.com/gpu": must be a node allocatable resource name`,
        `${AT}.nodeAllocatableResourceMappings[cpu].capacityKey: Not found: "cores"`,
        `${AT}.nodeAllocatableResourceMappings[cpu].allocationMultiplier: Invalid value: "0": must be positive`,
        `${AT}.nodeAllocatableResourceMappings[memory].allocationMultiplier: Invalid value: "1 +": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
      ],
    ],
  ])('%#', (device, errors) => {
    expect(errorsOfDevice(device)).toEqual(errors);
  });

  it('says where it is when its slice leaves that to it', () => {
    const spec = { driver: 'a', pool, perDeviceNodeSelection: true };
    const wanted =
      'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
    expect(errorsOfNew({ ...spec, devices: [{ name: 'a', nodeName: 'n' }, { name: 'b' }] })).toEqual([
      `spec.devices[1]: Required value: ${wanted}`,
    ]);
    expect(errorsOfNew({ ...spec, devices: [{ name: 'a', nodeName: 'n', allNodes: true }] })).toEqual([
      `${AT}: Invalid value: "{\`nodeName\`, \`allNodes\`}": ${wanted}`,
    ]);
  });
});

describe('a slice that changes', () => {
  it('stays with its driver, pool and node, and keeps what was let in once', () => {
    const device = { name: 'a', taints: [{ key: 'a', effect: 'Later' }] };
    const before = sliceOf({ ...plain, devices: [device] });
    expect(resourceSliceKind.validateUpdate!(sliceOf({ ...plain, devices: [device] }), before)).toEqual([]);
    const moved = sliceOf({ driver: 'b', pool: { ...pool, name: 'b' }, allNodes: true });
    expect(shown(resourceSliceKind.validateUpdate!(moved, before))).toEqual([
      'spec.pool.name: Invalid value: "b": field is immutable',
      'spec.driver: Invalid value: "b": field is immutable',
      'spec.nodeName: Invalid value: null: field is immutable',
    ]);
  });

  it('dates taints in both shapes', () => {
    const env = { clock: new FakeClock(), random: new Random('spec') };
    const taint = { key: 'a', effect: 'None' };
    const slice = sliceOf({ ...plain, devices: [{ name: 'a', taints: [taint] }] });
    resourceSliceKind.prepareForCreate!(slice, env);
    expect(slice.spec.devices?.[0]?.taints?.[0]?.timeAdded).toBe('2026-01-01T00:00:00Z');
    const flat = sliceOf({ ...plain, devices: [{ name: 'a', basic: { taints: [taint] } }] }) as V1beta1ResourceSlice;
    resourceSliceV1beta1Kind.prepareForUpdate!(flat, flat, env);
    expect(flat.spec.devices?.[0]?.basic?.taints?.[0]?.timeAdded).toBe('2026-01-01T00:00:00Z');
  });

  it('warns of capitals, and is found by driver and node', () => {
    expect(resourceSliceKind.warnings!(sliceOf({ ...plain, driver: 'GPU' }), undefined)).toEqual([
      'spec.driver: driver names should be lowercase; "GPU" contains uppercase characters',
    ]);
    expect(resourceSliceKind.selectableFields!(sliceOf(plain))).toEqual({
      'spec.driver': 'gpu.example.com',
      'spec.nodeName': 'node01',
    });
  });
});
