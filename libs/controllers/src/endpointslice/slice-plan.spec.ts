import { describe, expect, it } from '@jest/globals';
import type { Endpoint, EndpointSlice } from '#kinds';
import { type EndpointGroup, ENDPOINTS_PER_SLICE_MAX, planSlices } from './slice-plan.js';

const PORTS = [{ name: '', port: 80, protocol: 'TCP' }];
const endpoint = (id: number | string): Endpoint => ({ addresses: [`ip${id}`], targetRef: { uid: `${id}` } });
const slice = (name: string, ids: readonly (number | string)[], ports = PORTS): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name },
  addressType: 'IPv4',
  ports,
  endpoints: ids.map(endpoint),
});
const group = (ids: readonly (number | string)[], ports = PORTS): EndpointGroup => ({
  ports,
  endpoints: new Map(ids.map((id) => [`${id}`, endpoint(id)])),
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const uids = (endpoints: readonly Endpoint[] | undefined) => (endpoints ?? []).map((e) => e.targetRef!.uid).join(' ');

/** 'update A[1 3], delete B, create [5]' */
function told(groups: readonly EndpointGroup[], slices: readonly EndpointSlice[]): string {
  const plan = planSlices(groups, slices);
  return [
    ...plan.update.map((s) => `update ${s.metadata.name}[${uids(s.endpoints)}]`),
    ...plan.delete.map((s) => `delete ${s.metadata.name}`),
    ...plan.create.map((s) => `create [${uids(s.endpoints)}]`),
  ].join(', ');
}

const OTHER = [{ name: 'b', port: 81, protocol: 'TCP' }];

describe('planSlices', () => {
  it.each<[string, EndpointGroup[], EndpointSlice[], string]>([
    ['a first slice', [group([1, 2])], [], 'create [1 2]'],
    ['an empty slice for nothing', [], [], 'create []'],
    ['nothing for nothing new', [], [slice('A', [], [])], ''],
    ['the last slice is emptied', [], [slice('A', [1]), slice('B', [2])], 'update A[], delete B'],
    ['nothing when nothing changed', [group([1, 2])], [slice('A', [1, 2])], ''],
    ['only the slice concerned', [group([1, 3, 4, 5])], [slice('A', [1, 2, 3]), slice('B', [4])], 'update A[1 3 5]'],
    [
      'new ones into the fullest with room',
      [group([1, 2, 3, 4])],
      [slice('A', [1]), slice('B', [2, 3])],
      'update B[2 3 4]',
    ],
    ['a slice left empty goes', [group([1])], [slice('A', [1]), slice('B', [2])], 'delete B'],
    ['other ports, other slices', [group([1]), group([2], OTHER)], [slice('A', [1])], 'create [2]'],
    ['what would go is used again', [group([1], OTHER)], [slice('A', [], [])], 'update A[1]'],
  ])('%s', (_what, groups, slices, expected) => {
    expect(told(groups, slices)).toBe(expected);
  });

  it('never fills a slice beyond its limit', () => {
    const full = slice('A', range(0, ENDPOINTS_PER_SLICE_MAX));
    const plan = planSlices([group(range(0, 350))], [full]);
    expect(plan.update).toEqual([]);
    expect(plan.create.map(({ endpoints }) => endpoints.length)).toEqual([100, 100, 50]);
  });
});
