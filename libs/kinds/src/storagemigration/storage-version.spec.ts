import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import { storageVersionKind } from '../apiserverinternal/storage-version.kind.js';
import type { Kind } from '../kind.js';
import { storageVersionMigrationKind } from './storage-version-migration.kind.js';
import { shown } from '../spec-kind.js';

const made = (rest: object): KubeObject =>
  structuredClone({ apiVersion: '', kind: '', metadata: { name: 'core.pods' }, ...rest });
const errorsOfStatus = (kind: Kind, after: object, before: object = {}) =>
  shown(kind.validateStatusUpdate!(made({ status: after }), made({ status: before })));

const conditions = (...types: readonly string[]) =>
  types.map((type) => ({
    ...{ type, status: 'True', reason: 'A', message: '' },
    lastTransitionTime: '2026-01-01T00:00:00Z',
  }));
const AT = 'status.conditions: Invalid value: ';
const said = (texts: readonly string[]) =>
  texts.map((text) => (text.startsWith(AT) ? text.slice(text.lastIndexOf(']: ') + 3) : text));

describe('a migration', () => {
  const kind: Kind = storageVersionMigrationKind;

  it.each([
    [{ resource: { resource: 'pods' } }, []],
    [{ resource: {} }, ['spec.resource.resource: Required value: resource is required to be set']],
    [
      { resource: { resource: 'Pods', group: 'a_b' } },
      [
        expect.stringMatching(/^spec\.resource\.resource: Invalid value: "Pods": a DNS-1035 label/),
        expect.stringMatching(/^spec\.resource\.group: Invalid value: "a_b": a lowercase RFC 1123 subdomain/),
      ],
    ],
  ] as [object, unknown[]][])('of %j', (spec, errors) => {
    expect(shown(kind.validateCreate!(made({ spec })))).toEqual(errors);
  });

  it('is of one resource for good', () => {
    const spec = { resource: { resource: 'pods' } };
    expect(shown(kind.validateUpdate!(made({ spec: { resource: { resource: 'nodes' } } }), made({ spec })))).toEqual([
      'spec: Invalid value: {"resource":{"resource":"nodes"}}: field is immutable',
    ]);
  });

  it.each([
    [{ resourceVersion: '12', conditions: conditions('Running') }, {}, []],
    [
      { resourceVersion: 'abc' },
      {},
      ['status.resourceVersion: Invalid value: "abc": resource version is not well formed: abc'],
    ],
    [
      { resourceVersion: '13' },
      { resourceVersion: '12' },
      ['status.resourceVersion: Invalid value: "13": field is immutable'],
    ],
    [
      { resourceVersion: '12', conditions: conditions('Succeeded', 'Failed', 'Running') },
      {},
      [
        'Both success and failed conditions cannot be true at the same time',
        'Running condition cannot be true when success condition is true',
        'Running condition cannot be true when failed condition is true',
      ],
    ],
    [
      { resourceVersion: '12', conditions: conditions('Running') },
      { resourceVersion: '12', conditions: conditions('Succeeded') },
      ['Success condition cannot be set to false once it is true'],
    ],
  ])('comes to %j', (after, before, errors) => {
    expect(said(errorsOfStatus(kind, after, before))).toEqual(errors);
  });
});

describe('what servers store in', () => {
  const kind: Kind = storageVersionKind;
  const server = { apiServerID: 'a', encodingVersion: 'apps/v1', decodableVersions: ['apps/v1'] };

  it.each([
    ['core.pods', []],
    ['pods', ['name must be in the form of <group>.<resource>']],
    ['apps.Deployments', [expect.stringMatching(/^the resource segment a DNS-1035 label/)]],
  ] as [string, unknown[]][])('is named %s', (name, errors) => {
    expect(kind.validateName!(name, false)).toEqual(errors);
  });

  it.each([
    [{ storageVersions: [server], commonEncodingVersion: 'apps/v1' }, []],
    [
      { storageVersions: [server] },
      ['status.commonEncodingVersion: Invalid value: null: the common encoding version is apps/v1'],
    ],
    [
      { storageVersions: [server, { ...server, encodingVersion: 'v1' }], commonEncodingVersion: 'v1' },
      [
        'status.storageVersions[1].decodableVersions: Invalid value: ["apps/v1"]: decodableVersions must include encodingVersion v1',
        'status.commonEncodingVersion: Invalid value: "v1": should be nil if servers do not agree on the same encoding version, or if there is no server reporting the supported versions yet',
      ],
    ],
    [
      { storageVersions: [{ ...server, encodingVersion: '/', decodableVersions: ['/'] }], commonEncodingVersion: 'v2' },
      [
        'status.storageVersions[0].encodingVersion: Invalid value: "/": group part: must be non-empty,version part: must be non-empty',
        'status.storageVersions[0].decodableVersions[0]: Invalid value: "/": group part: must be non-empty,version part: must be non-empty',
        'status.commonEncodingVersion: Invalid value: "v2": the actual common encoding version is /',
      ],
    ],
    [
      {
        conditions: [
          { type: 'A', status: 'True', reason: 'x', message: 'y' },
          { type: 'A', status: '' },
        ],
      },
      [
        'status[1].type: Invalid value: "A": the type of the condition is not unique, it also appears in conditions[0]',
        'status[1].status: Invalid value: "A": name part must be non-empty',
        expect.stringMatching(/^status\[1\]\.status: Invalid value: "A": name part must consist of/),
        'status[1].reason: Required value: reason cannot be empty',
        'status[1].message: Required value: message cannot be empty',
      ],
    ],
  ] as [object, unknown[]][])('is told as %#', (status, errors) => {
    expect(errorsOfStatus(kind, status)).toEqual(errors);
  });
});
