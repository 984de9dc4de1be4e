import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import { CUSTOM_RESOURCE_CLEANUP, type CustomResourceDefinition } from '#kinds';
import { type DefinitionDeps, reconcile } from './custom-resource-definition.controller.js';

type Names = Partial<CustomResourceDefinition['spec']['names']>;

function definition(plural: string, names: Names = {}, status: object = {}, group = 'a.example.com') {
  const kind = plural[0]!.toUpperCase() + plural.slice(1);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, singular: `${plural}1`, kind, listKind: `${kind}List`, ...names },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
    status: { storedVersions: ['v1'], ...status },
  } as CustomResourceDefinition;
}

let all: CustomResourceDefinition[];
let instances: KubeObject[];
let deleted: string[];
let written: CustomResourceDefinition[];

const deps: DefinitionDeps = {
  nowMs: () => 0,
  definition: (name) => all.find(({ metadata }) => metadata.name === name),
  othersOf: ({ spec, metadata }) =>
    all.filter((other) => other.spec.group === spec.group && other.metadata.name !== metadata.name),
  instances: async () => instances,
  deleteAll: async (_resource, namespace) => {
    deleted.push(namespace);
    const isHeld = ({ metadata }: KubeObject) => metadata.namespace !== namespace || metadata.finalizers !== undefined;
    instances = instances
      .filter(isHeld)
      .map((one) => ({ ...one, metadata: { ...one.metadata, deletionTimestamp: '1970-01-01T00:00:00Z' } }));
  },
  writeStatus: async (next) => {
    all = all.map((one) => (one.metadata.name === next.metadata.name ? next : one));
    written.push(next);
    return next;
  },
};

const look = (plural: string) => reconcile(deps, { namespace: '', name: `${plural}.a.example.com` });
const verdicts = (plural: string) =>
  Object.fromEntries(
    (deps.definition(`${plural}.a.example.com`)?.status?.conditions ?? []).map(({ type, status, reason, message }) => [
      type,
      `${status} ${reason}: ${message}`,
    ]),
  );

beforeEach(() => {
  all = [];
  instances = [];
  deleted = [];
  written = [];
});

describe('names', () => {
  it('are accepted when nobody else has them, in one write', async () => {
    all = [definition('foos')];
    await look('foos');
    expect(verdicts('foos')).toEqual({
      NamesAccepted: 'True NoConflicts: no conflicts found',
      Established: 'True InitialNamesAccepted: the initial names have been accepted',
    });
    expect(all[0]!.status?.acceptedNames).toEqual(all[0]!.spec.names);
    await look('foos');
    expect(written).toHaveLength(1);
  });

  it.each<[string, Names, string]>([
    ['singular', { singular: 'foos' }, 'False SingularConflict: "foos" is already in use'],
    ['kind', { kind: 'Foos' }, 'False KindConflict: "Foos" is already in use'],
    ['list kind', { listKind: 'FoosList' }, 'False ListKindConflict: "FoosList" is already in use'],
    ['short name', { shortNames: ['fo', 'b'] }, 'False ShortNamesConflict: "fo" is already in use'],
    [
      'short names',
      { shortNames: ['fo', 'foos'] },
      'False ShortNamesConflict: ["fo" is already in use, "foos" is already in use]',
    ],
  ])('are refused while another has that %s', async (_what, names, verdict) => {
    all = [definition('foos', { shortNames: ['fo'] }), definition('bars', names)];
    await look('foos');
    await look('bars');
    expect(verdicts('bars')).toEqual({
      NamesAccepted: verdict,
      Established: 'False NotAccepted: not all names are accepted',
    });
    all = all.slice(1);
    await look('bars');
    expect(verdicts('bars')['Established']).toContain('True');
  });

  it('once served stay served under the old ones', async () => {
    all = [definition('foos', { shortNames: ['fo'] }), definition('bars', { shortNames: ['b'] })];
    await look('foos');
    await look('bars');
    const { spec } = all[1]!;
    all[1] = { ...all[1]!, spec: { ...spec, names: { ...spec.names, shortNames: ['fo'] } } };
    await look('bars');
    expect(verdicts('bars')).toMatchObject({
      NamesAccepted: expect.stringContaining('False'),
      Established: expect.stringContaining('True'),
    });
    expect(all[1]!.status?.acceptedNames?.shortNames).toEqual(['b']);
  });

  it('of the community want a review', async () => {
    all = [definition('foos', {}, {}, 'x.k8s.io')];
    all[0]!.metadata.name = 'foos.a.example.com';
    await look('foos');
    expect(verdicts('foos')['KubernetesAPIApprovalPolicyConformant']).toContain('False MissingAnnotation');
  });
});

describe('a deleted definition', () => {
  const cronTab = (namespace: string, finalizers?: string[]): KubeObject => ({
    ...{ apiVersion: 'a.example.com/v1', kind: 'Foos' },
    metadata: { name: 'one', namespace, ...(finalizers ? { finalizers } : {}) },
  });
  beforeEach(async () => {
    all = [definition('foos')];
    await look('foos');
    const [one] = all;
    all = [
      {
        ...one!,
        metadata: {
          ...one!.metadata,
          deletionTimestamp: '1970-01-01T00:00:00Z',
          finalizers: [CUSTOM_RESOURCE_CLEANUP, 'x/y'],
        },
      },
    ];
  });

  it('takes its instances along, and waits for those that are held', async () => {
    instances = [cronTab('a'), cronTab('b', ['x/y'])];
    expect(await look('foos')).toEqual({ requeueAfterMs: 1_000 });
    expect(deleted).toEqual(['a', 'b']);
    expect(verdicts('foos')['Terminating']).toBe(
      'True InstanceDeletionInProgress: CustomResource deletion is in progress',
    );
    instances = [];
    await look('foos');
    expect(verdicts('foos')['Terminating']).toBe('False InstanceDeletionCompleted: removed all instances');
    expect(all[0]!.metadata.finalizers).toEqual(['x/y']);
  });

  it('goes at once when it never was served', async () => {
    all = [{ ...all[0]!, status: { conditions: [] } }];
    await look('foos');
    expect(verdicts('foos')['Terminating']).toContain('NeverEstablished');
    expect(deleted).toEqual([]);
  });
});
