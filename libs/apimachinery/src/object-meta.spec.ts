import { describe, expect, it } from '@jest/globals';
import type { ObjectMeta } from './meta.js';
import { dns1123Subdomain } from './names.js';
import { validateObjectMeta, validateObjectMetaUpdate } from './object-meta.js';

const rules = { namespaced: true, validateName: dns1123Subdomain };
const texts = (meta: ObjectMeta, more = {}) =>
  validateObjectMeta({ name: 'a', namespace: 'ns', ...meta }, { ...rules, ...more }).map(
    ({ field, detail }) => `${field}: ${detail}`,
  );
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u', controller: true };

describe('validateObjectMeta', () => {
  it.each<[string, ObjectMeta, string[]]>([
    ['fine', { labels: { 'a.b/c': 'd' }, annotations: { 'A.b/c': 'any text' }, ownerReferences: [owner] }, []],
    ['no name', { name: '' }, ['metadata.name: Required value: name or generateName is required']],
    ['no namespace', { namespace: '' }, ['metadata.namespace: Required value']],
    [
      'two controllers',
      { ownerReferences: [owner, { ...owner, name: 's' }] },
      [
        expect.stringContaining(
          'Only one reference can have Controller set to true. Found "true" in references for ReplicaSet/r and ReplicaSet/s',
        ) as unknown as string,
      ],
    ],
    [
      'an owner without uid',
      { ownerReferences: [{ ...owner, uid: '' }] },
      ['metadata.ownerReferences.uid: Invalid value: "": must not be empty'],
    ],
    [
      'an event as owner',
      { ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'e', uid: 'u' }] },
      [expect.stringContaining('/v1, Kind=Event is disallowed from being an owner') as unknown as string],
    ],
    [
      'a bare finalizer',
      { finalizers: ['mine'] },
      [
        'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
      ],
    ],
    [
      'both propagations',
      { finalizers: ['orphan', 'foregroundDeletion'] },
      [
        'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
      ],
    ],
    [
      'long annotations',
      { annotations: { a: 'x'.repeat(262_144) } },
      ['metadata.annotations: Too long: may not be more than 262144 bytes'],
    ],
    [
      'a long label',
      { labels: { a: 'x'.repeat(64) } },
      [`metadata.labels: Invalid value: "${'x'.repeat(64)}": must be no more than 63 characters`],
    ],
    [
      'a negative generation',
      { generation: -1 },
      ['metadata.generation: Invalid value: -1: must be greater than or equal to 0'],
    ],
  ])('%s', (_what, meta, expected) => expect(texts(meta)).toEqual(expected));

  it('takes bare finalizers of custom resources, and no namespace where there is none', () => {
    expect(texts({ finalizers: ['mine'] }, { qualifiedFinalizers: false })).toEqual([]);
    expect(texts({}, { namespaced: false })).toEqual(['metadata.namespace: Forbidden: not allowed on this type']);
  });

  it('validates generateName as a prefix', () => {
    const seen: [string, boolean][] = [];
    const validateName = (name: string, prefix: boolean) => {
      seen.push([name, prefix]);
      return [];
    };
    validateObjectMeta({ name: 'web-x', generateName: 'web-' }, { namespaced: false, validateName });
    expect(seen).toEqual([
      ['web-', true],
      ['web-x', false],
    ]);
  });
});

describe('validateObjectMetaUpdate', () => {
  const old: ObjectMeta = {
    name: 'a',
    namespace: 'ns',
    uid: 'u',
    creationTimestamp: 't',
    generation: 2,
    finalizers: ['x/y'],
  };
  it.each<[string, ObjectMeta, ObjectMeta, string[]]>([
    ['fine', { labels: { a: 'b' } }, {}, []],
    ['a new uid', { uid: 'v' }, {}, ['metadata.uid: Invalid value: "v": field is immutable']],
    ['a smaller generation', { generation: 1 }, {}, ['metadata.generation: Invalid value: 1: must not be decremented']],
    [
      'a bad label',
      { labels: { a: '!' } },
      {},
      [expect.stringContaining('metadata.labels: Invalid value: "!"') as unknown as string],
    ],
    ['fewer finalizers while going', { deletionTimestamp: 't', finalizers: [] }, { deletionTimestamp: 't' }, []],
    [
      'more finalizers while going',
      { deletionTimestamp: 't', finalizers: ['x/y', 'b/c'] },
      { deletionTimestamp: 't' },
      [
        'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"b/c"}',
      ],
    ],
  ])('%s', (_what, change, was, expected) => {
    const errors = validateObjectMetaUpdate({ ...old, ...change }, { ...old, ...was });
    expect(errors.map(({ field, detail }) => `${field}: ${detail}`)).toEqual(expected);
  });
});
