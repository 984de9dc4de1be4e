import { describe, expect, it } from '@jest/globals';
import { Random } from '#base';
import { FakeClock } from '#testing';
import type { ResourceClaimStatus, ResourceV1ResourceClaim } from '../generated/types.js';
import { resourceClaimKind } from './resource-claim.kind.js';
import { shown } from '../spec-kind.js';

const spec = { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'a' } }] } };

function claimOf(status: object | undefined, metadata: object = {}): ResourceV1ResourceClaim {
  return structuredClone({
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name: 'a', ...metadata },
    spec,
    ...(status ? { status: status as ResourceClaimStatus } : {}),
  });
}

const result = { request: 'gpu', driver: 'a.example.com', pool: 'node01', device: 'gpu-0' };
const device = { driver: result.driver, pool: result.pool, device: result.device };
const allocation = { devices: { results: [result] } };
const consumer = { resource: 'pods', name: 'web', uid: 'u1' };
const NAME_FORM = expect.stringMatching(/: a lowercase RFC 1123 (label|subdomain) must consist/);
const DELETED = { deletionTimestamp: '2026-01-01T00:00:00Z' };

describe('the status of a claim', () => {
  it.each([
    ['is given', undefined, { allocation, reservedFor: [consumer], devices: [device] }, []],
    [
      'is kept for nobody before it is given',
      undefined,
      { reservedFor: [consumer, { ...consumer }, {}] },
      [
        'status.reservedFor[2].resource: Required value',
        'status.reservedFor[2].name: Required value',
        'status.reservedFor[2].uid: Required value',
        'status.reservedFor[1]: Duplicate value: "u1"',
        'status.reservedFor: Forbidden: may not be specified when `allocated` is not set',
      ],
    ],
    [
      'is not given anew',
      { allocation },
      { allocation: { devices: { results: [] } } },
      ['status.allocation: Invalid value: {"devices":{"results":[]}}: field is immutable'],
    ],
    ['is taken back', { allocation }, {}, []],
    [
      'names devices wrongly',
      undefined,
      {
        allocation: {
          devices: {
            results: [
              { ...result, request: 'other', pool: '', shareID: 'x', bindingConditions: ['Ready'] },
              { ...result, device: 'GPU', shareID: 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11' },
            ],
            config: [{ source: 'FromNowhere', requests: ['gpu'], opaque: { driver: 'a', parameters: {} } }],
          },
          nodeSelector: { nodeSelectorTerms: [] },
        },
      },
      [
        'status.allocation.devices.results[0].request: Invalid value: "other": must be the name of a request in the claim or the name of a request and a subrequest separated by \'/\'',
        'status.allocation.devices.results[0].pool: Required value',
        'status.allocation.devices.results[0].bindingFailureConditions: Invalid value: []: bindingFailureConditions are required to use bindingConditions',
        'status.allocation.devices.results[0].shareID: Invalid value: "x": error validating uid: invalid UUID length: 1',
        NAME_FORM,
        'status.allocation.devices.results[1].shareID: Invalid value: "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11": uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters',
        'status.allocation.devices.config[0].source: Unsupported value: "FromNowhere": supported values: "FromClaim", "FromClass"',
        'status.allocation.nodeSelector.nodeSelectorTerms: Required value: must have at least one node selector term',
      ],
    ],
    [
      'speaks of devices',
      { allocation },
      {
        allocation,
        devices: [
          { ...device, device: 'gpu-1' },
          { ...device, networkData: { ips: ['10.0.0.1', '10.0.0.1/24', '2001:DB8::1/64'] } },
        ],
      },
      [
        'status.devices[0]: Invalid value: "a.example.com/node01/gpu-1": must be an allocated device in the claim',
        'status.devices[1].networkData.ips[0]: Invalid value: "10.0.0.1": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)',
        'status.devices[1].networkData.ips[2]: Invalid value: "2001:DB8::1/64": must be in canonical form ("2001:db8::1/64")',
      ],
    ],
  ])('%s', (_, before, after, errors) => {
    expect(shown(resourceClaimKind.validateStatusUpdate!(claimOf(after), claimOf(before)))).toEqual(errors);
  });

  it('loses consumers while the claim goes, and gains none', () => {
    const other = { ...consumer, uid: 'u2' };
    const errorsOf = (before: object[], after: object[]) =>
      shown(
        resourceClaimKind.validateStatusUpdate!(
          claimOf({ allocation, reservedFor: after }, DELETED),
          claimOf({ allocation, reservedFor: before }, DELETED),
        ),
      );
    expect(errorsOf([consumer, other], [other])).toEqual([]);
    expect(errorsOf([consumer], [consumer, other])).toEqual([
      'status.reservedFor: Forbidden: new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set',
    ]);
  });

  it('forgets what was said of devices that are given back', () => {
    const env = { clock: new FakeClock(), random: new Random('spec') };
    const { merge } = resourceClaimKind.subresources.find(({ name }) => name === 'status')!;
    const stored = claimOf({ allocation, devices: [device] }, { labels: { a: 'b' } });
    const merged = merge!(stored, claimOf({ devices: [device] }, { labels: { c: 'd' } }), env);
    expect(merged.status).toEqual({});
    expect(merged.metadata.labels).toEqual({ a: 'b' });
    expect(merge!(stored, claimOf({ allocation, devices: [device] }), env).status?.devices).toEqual([device]);
  });
});
