import { describe, expect, it } from '@jest/globals';
import { Random } from '#base';
import { FakeClock } from '#testing';
import type { Kind } from '../kind.js';
import { deviceClassKind } from './device-class.kind.js';
import { deviceTaintRuleV1beta2Kind } from './device-taint-rule-v1beta2.kind.js';
import { resourceClaimKind } from './resource-claim.kind.js';
import { resourceClaimTemplateKind } from './resource-claim-template.kind.js';
import { resourceClaimTemplateV1beta1Kind } from './resource-claim-template-v1beta1.kind.js';
import { resourceClaimV1beta1Kind } from './resource-claim-v1beta1.kind.js';
import { resourcePoolStatusRequestKind } from './resource-pool-status-request.kind.js';
import { errorsOfChange, errorsOfNew, made, shown } from '../spec-kind.js';

const NAME_FORM = expect.stringMatching(/: a lowercase RFC 1123 (label|subdomain) must consist/);

const claimOf = (devices: object) => ({ spec: { devices } });
const gpu = { name: 'gpu', exactly: { deviceClassName: 'gpu.example.com' } };
const selecting = (expression: string) => ({
  requests: [{ name: 'gpu', exactly: { deviceClassName: 'a', selectors: [{ cel: { expression } }] } }],
});
const EXPRESSION = 'spec.devices.requests[0].exactly.selectors[0].cel.expression';

describe('a new claim', () => {
  it.each([
    ['asks for nothing', {}, []],
    ['asks for one device', { requests: [gpu] }, []],
    [
      'names nothing right',
      {
        requests: [{ name: 'a_b', exactly: {} }, { name: 'both', exactly: {}, firstAvailable: [{}] }, { name: 'none' }],
      },
      [
        NAME_FORM,
        'spec.devices.requests[0].exactly.deviceClassName: Required value',
        'spec.devices.requests[1]: Invalid value: null: exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set',
        'spec.devices.requests[2]: Required value: exactly one of `exactly` or `firstAvailable` is required',
      ],
    ],
    ['names a request twice', { requests: [gpu, gpu] }, ['spec.devices.requests[1]: Duplicate value: "gpu"']],
    [
      'asks for too much',
      { requests: Array.from({ length: 33 }, (_, i) => ({ ...gpu, name: `gpu-${i}` })) },
      ['spec.devices.requests: Too many: 33: must have at most 32 items'],
    ],
    [
      'counts wrongly',
      {
        requests: [
          { name: 'a', exactly: { deviceClassName: 'a', allocationMode: 'All', count: 1 } },
          { name: 'b', exactly: { deviceClassName: 'a', count: -1 } },
          { name: 'c', firstAvailable: [{ name: 'x', deviceClassName: 'a', allocationMode: 'Some' }] },
        ],
      },
      [
        "spec.devices.requests[0].exactly.count: Invalid value: 1: must not be specified when allocationMode is 'All'",
        'spec.devices.requests[1].exactly.count: Invalid value: -1: must be greater than zero',
        'spec.devices.requests[2].firstAvailable[0].allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"',
      ],
    ],
    [
      'tolerates oddly',
      {
        requests: [
          {
            name: 'a',
            exactly: {
              deviceClassName: 'a',
              tolerations: [{ operator: 'Exists', value: 'x' }, { operator: 'Odd', effect: 'Odd' }, { key: 'k' }],
            },
          },
        ],
      },
      [
        'spec.devices.requests[0].exactly.tolerations[0].value: Invalid value: "x": must be empty for operator `Exists`',
        'spec.devices.requests[0].exactly.tolerations[1].operator: Unsupported value: "Odd": supported values: "Equal", "Exists"',
        'spec.devices.requests[0].exactly.tolerations[1].effect: Unsupported value: "Odd": supported values: "NoExecute", "NoSchedule", "None"',
      ],
    ],
    [
      'constrains what is not asked for',
      {
        requests: [gpu, { name: 'any', firstAvailable: [{ name: 'big', deviceClassName: 'a' }] }],
        constraints: [
          { requests: ['gpu', 'any/big'], matchAttribute: 'example.com/numa' },
          { requests: ['any/small', 'a/b/c', 'gpu', 'gpu'], distinctAttribute: 'numa' },
          {},
        ],
      },
      [
        'spec.devices.constraints[1].requests[0]: Invalid value: "any/small": must be the name of a request in the claim or the name of a request and a subrequest separated by \'/\'',
        'spec.devices.constraints[1].requests[1]: Invalid value: "a/b/c": must be the name of a request in the claim or the name of a request and a subrequest separated by \'/\'',
        'spec.devices.constraints[1].requests[3]: Duplicate value: "gpu"',
        'spec.devices.constraints[1].distinctAttribute: Invalid value: "numa": a fully qualified name must be a domain and a name separated by a slash',
        'spec.devices.constraints[2]: Required value: exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set',
      ],
    ],
    [
      'configures drivers',
      {
        requests: [gpu],
        config: [
          { opaque: { driver: 'gpu.example.com', parameters: { a: 1 } } },
          { requests: ['other'] },
          { opaque: { driver: 'A_b', parameters: [] } },
          { opaque: { driver: 'a', parameters: { text: 'x'.repeat(10 * 1024) } } },
        ],
      },
      [
        'spec.devices.config[1].requests[0]: Invalid value: "other": must be the name of a request in the claim or the name of a request and a subrequest separated by \'/\'',
        'spec.devices.config[1].opaque: Required value',
        NAME_FORM,
        'spec.devices.config[2].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object',
        'spec.devices.config[3].opaque.parameters: Too long: may not be more than 10240 bytes',
      ],
    ],
  ])('%s', (_, devices, errors) => {
    expect(errorsOfNew(resourceClaimKind, claimOf(devices))).toEqual(errors);
  });

  it.each([
    ['device.driver == "a" && device.attributes["a"].model == "x"', []],
    ['device.capacity["a"].memory.compareTo(quantity("1Gi")) >= 0', []],
    ['device.allowMultipleAllocations', []],
    ['cel.bind(a, device.attributes["a"], a.one && a.other)', []],
    ['device.attributes["a"].version.isGreaterThan(semver("1.0.0"))', []],
    [
      'device.driver',
      [`${EXPRESSION}: Invalid value: "device.driver": must evaluate to bool or the unknown type, not string`],
    ],
    ['device.nothing', [expect.stringContaining("compilation failed: ERROR: <input>:1:7: undefined field 'nothing'")]],
    ['true', []],
    [`"${'x'.repeat(10 * 1024)}" == ""`, [`${EXPRESSION}: Too long: may not be more than 10240 bytes`]],
    [
      'device.attributes.all(a, device.attributes.all(b, device.attributes.all(c, device.attributes.all(d, a == b && c == d))))',
      [`${EXPRESSION}: Forbidden: too complex, exceeds cost limit`],
    ],
  ])('selects by %s', (expression, errors) => {
    expect(errorsOfNew(resourceClaimKind, claimOf(selecting(expression)))).toEqual(errors);
  });

  it('compiles so much for one object and no more', () => {
    const expression = `${'device.driver == "a" || '.repeat(400)}true`;
    const selectors = Array.from({ length: 10 }, () => ({ cel: { expression } }));
    const errors = errorsOfNew(
      resourceClaimKind,
      claimOf({ requests: [{ ...gpu, exactly: { ...gpu.exactly, selectors } }] }),
    );
    expect(errors).toHaveLength(4);
    expect(errors[0]).toBe(
      'spec.devices.requests[0].exactly.selectors[6].cel.expression: Forbidden: too complex, expressions of one object may not be more than 65536 bytes in all',
    );
  });

  it('says the same of the older shape, in the words of the newer', () => {
    const flat = { name: 'gpu', count: -1 };
    expect(errorsOfNew(resourceClaimV1beta1Kind, claimOf({ requests: [flat] }))).toEqual([
      'spec.devices.requests[0].exactly.deviceClassName: Required value',
      'spec.devices.requests[0].exactly.count: Invalid value: -1: must be greater than zero',
    ]);
    expect(errorsOfNew(resourceClaimTemplateV1beta1Kind, { spec: claimOf({ requests: [flat] }) })).toEqual([
      'spec.spec.devices.requests[0].exactly.deviceClassName: Required value',
      'spec.spec.devices.requests[0].exactly.count: Invalid value: -1: must be greater than zero',
    ]);
  });

  it('gets its defaults in both shapes', () => {
    const tolerations = [{ key: 'a' }];
    expect(
      made(resourceClaimKind, claimOf({ requests: [gpu, { name: 'b', firstAvailable: [{ tolerations }] }] })),
    ).toMatchObject(
      claimOf({
        requests: [
          { exactly: { allocationMode: 'ExactCount', count: 1 } },
          {
            firstAvailable: [
              { allocationMode: 'ExactCount', count: 1, tolerations: [{ key: 'a', operator: 'Equal' }] },
            ],
          },
        ],
      }),
    );
    const flat = made(
      resourceClaimV1beta1Kind,
      claimOf({ requests: [{ name: 'a' }, { name: 'b', firstAvailable: [{}] }] }),
    );
    expect(flat).toMatchObject(
      claimOf({ requests: [{ name: 'a', allocationMode: 'ExactCount', count: 1 }, { name: 'b' }] }),
    );
    expect((flat as { spec?: { devices?: { requests?: object[] } } }).spec?.devices?.requests?.[1]).toEqual({
      name: 'b',
      firstAvailable: [{ allocationMode: 'ExactCount', count: 1 }],
    });
  });
});

describe('a change of what is asked for', () => {
  it.each([
    [resourceClaimKind, claimOf({ requests: [gpu] }), claimOf({ requests: [gpu] }), []],
    [
      resourceClaimKind,
      claimOf({}),
      claimOf({ requests: [gpu] }),
      [expect.stringMatching(/^spec: .*: field is immutable$/)],
    ],
    [
      resourceClaimTemplateKind,
      { spec: claimOf({}) },
      { spec: { metadata: { labels: { 'a b': 'c' } }, ...claimOf({}) } },
      [expect.stringMatching(/^spec\.metadata\.labels: /), expect.stringMatching(/^spec: .*: field is immutable$/)],
    ],
  ] as [Kind, object, object, unknown[]][])('%#', (kind, before, after, errors) => {
    expect(errorsOfChange(kind, after, before)).toEqual(errors);
  });
});

describe('a class of devices', () => {
  const wrong = { selectors: [{ cel: { expression: '1' } }, {}], extendedResourceName: 'cpu' };

  it('is checked when it is new', () => {
    expect(errorsOfNew(deviceClassKind, { spec: wrong })).toEqual([
      'spec.selectors[0].cel.expression: Invalid value: "1": must evaluate to bool or the unknown type, not int',
      'spec.selectors[1].cel: Required value',
      'spec.extendedResourceName: Invalid value: "cpu": must be a valid extended resource name',
    ]);
    expect(errorsOfNew(deviceClassKind, { spec: { extendedResourceName: 'example.com/gpu' } })).toEqual([]);
  });

  it('keeps expressions that were let in once', () => {
    const selectors = [{ cel: { expression: 'no longer = sound' } }];
    expect(errorsOfChange(deviceClassKind, { spec: { selectors } }, { spec: { selectors } })).toEqual([]);
    const more = [...selectors, { cel: { expression: 'true' } }];
    expect(errorsOfChange(deviceClassKind, { spec: { selectors: more } }, { spec: { selectors } })).toHaveLength(1);
  });
});

describe('a rule that taints devices', () => {
  const clock = new FakeClock();
  const env = { clock, random: new Random('spec') };
  const taint = { key: 'example.com/broken', effect: 'NoExecute' };

  it('is checked', () => {
    const spec = { deviceSelector: { driver: '', pool: 'a//b', device: 'A' }, taint: { key: '', effect: 'Odd' } };
    expect(errorsOfNew(deviceTaintRuleV1beta2Kind, { spec })).toEqual([
      'spec.deviceSelector.driver: Required value',
      expect.stringMatching(/^spec\.deviceSelector\.driver: Invalid value: "": a lowercase RFC 1123 subdomain/),
      expect.stringMatching(/^spec\.deviceSelector\.pool: Invalid value: "": a lowercase RFC 1123 subdomain/),
      expect.stringMatching(/^spec\.deviceSelector\.device: Invalid value: "A": a lowercase RFC 1123 label/),
      'spec.taint.key: Invalid value: "": name part must be non-empty',
      expect.stringMatching(/^spec\.taint\.key: Invalid value: "": name part must consist of/),
      'spec.taint.effect: Unsupported value: "Odd": supported values: "NoExecute", "NoSchedule", "None"',
    ]);
    expect(errorsOfNew(deviceTaintRuleV1beta2Kind, { spec: { taint } })).toEqual([]);
    // An effect that some later version let in stays.
    const later = { spec: { taint: { key: 'a', effect: 'Later' } } };
    expect(errorsOfChange(deviceTaintRuleV1beta2Kind, later, later)).toEqual([]);
  });

  it('dates the effect, not the rule', async () => {
    const rule = made(deviceTaintRuleV1beta2Kind, { spec: { taint }, status: { conditions: [] } });
    deviceTaintRuleV1beta2Kind.prepareForCreate!(rule as never, env);
    const first = (rule as unknown as { spec: { taint: { timeAdded: string } } }).spec.taint.timeAdded;
    expect(rule).not.toHaveProperty('status');
    await clock.advance(60_000);
    const timeAfter = (change: object) => {
      const next = structuredClone(rule) as unknown as { spec: { taint: { timeAdded: string } } };
      Object.assign(next.spec.taint, change);
      deviceTaintRuleV1beta2Kind.prepareForUpdate!(next as never, rule as never, env);
      return next.spec.taint.timeAdded;
    };
    expect(timeAfter({ value: 'x' })).toBe(first);
    expect(timeAfter({ effect: 'None' })).not.toBe(first);
    expect(timeAfter({ effect: 'None', timeAdded: '2020-01-01T00:00:00Z' })).toBe('2020-01-01T00:00:00Z');
  });
});

describe('a question about pools', () => {
  const kind: Kind = resourcePoolStatusRequestKind;

  it.each([
    [{ driver: 'a.example.com' }, []],
    [{}, ['spec.driver: Required value']],
    [
      { driver: 'a', poolName: '', limit: 0 },
      ['spec.poolName: Required value', 'spec.limit: Invalid value: 0: must be greater than or equal to 1'],
    ],
    [{ driver: 'a', limit: 1001 }, ['spec.limit: Invalid value: 1001: must be less than or equal to 1000']],
  ])('%j', (spec, errors) => {
    expect(errorsOfNew(kind, { spec })).toEqual(errors);
  });

  it('is answered once', () => {
    const spec = { driver: 'a' };
    const answer = (status?: object) => made(kind, { spec, ...(status ? { status } : {}) });
    const errorsOf = (after?: object, before?: object) =>
      shown(kind.validateStatusUpdate!(answer(after), answer(before)));
    expect(errorsOf({ poolCount: 0 })).toEqual([]);
    expect(errorsOf({ pools: [{ driver: 'a', poolName: 'b', totalDevices: -1 }] })).toEqual([
      'status.poolCount: Required value',
      'status.pools[0].totalDevices: Invalid value: -1: must be greater than or equal to 0',
    ]);
    expect(errorsOf({ poolCount: 1 }, { poolCount: 0 })).toEqual([
      'status: Invalid value: {"poolCount":1}: field is immutable',
    ]);
    expect(errorsOfChange(kind, { spec: { driver: 'b' } }, { spec })).toEqual([
      'spec: Invalid value: {"driver":"b","limit":100}: field is immutable',
    ]);
  });
});
