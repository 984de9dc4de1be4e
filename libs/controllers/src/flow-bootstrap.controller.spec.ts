import { describe, expect, it } from '@jest/globals';
import { StatusError } from '#apimachinery';
import { bootstrapFlows, type FlowSchema, type PriorityLevelConfiguration } from '#kinds';
import { reconcile } from './flow-bootstrap.controller.js';

type FlowObject = FlowSchema | PriorityLevelConfiguration;
const AUTO_UPDATE = 'apf.kubernetes.io/autoupdate-spec';

/** A bootstrap object as the cluster holds it, changed. */
function stored(kind: string, name: string, change: (object: FlowObject) => void = () => {}): FlowObject {
  const object = bootstrapFlows('2026-01-01T00:00:00Z').find((one) => one.kind === kind && one.metadata.name === name)!;
  object.metadata.generation = 1;
  change(object);
  return object;
}
const moved = (object: FlowObject) => void Object.assign(object.spec, { matchingPrecedence: 42 });
const annotated = (value: string | undefined) => (object: FlowObject) => {
  object.metadata.annotations = value === undefined ? {} : { [AUTO_UPDATE]: value };
};
const both =
  (...changes: ((object: FlowObject) => void)[]) =>
  (object: FlowObject) =>
    changes.forEach((change) => change(object));

async function writesFor(name: string, objects: readonly FlowObject[], failure?: Error): Promise<string[]> {
  const writes: string[] = [];
  const note = (verb: string) => async (object: FlowObject) => {
    if (failure) throw failure;
    const precedence = 'matchingPrecedence' in object.spec ? ` ${object.spec.matchingPrecedence}` : '';
    writes.push(`${verb} ${object.kind}${precedence} ${object.metadata.annotations?.[AUTO_UPDATE]}`);
  };
  const deps = {
    found: (kind: string, named: string) => objects.find((one) => one.kind === kind && one.metadata.name === named),
    create: note('create'),
    update: note('update'),
  };
  await reconcile(deps, { namespace: '', name });
  return writes;
}

describe('flow-bootstrap', () => {
  it.each([
    ['makes both kinds anew', 'exempt', [], ['create PriorityLevelConfiguration true', 'create FlowSchema 1 true']],
    ['leaves alone what nobody made but a user', 'mine', [], []],
    ['leaves alone what is as it should be', 'probes', [stored('FlowSchema', 'probes')], []],
    ['takes a change back', 'probes', [stored('FlowSchema', 'probes', moved)], ['update FlowSchema 2 true']],
    [
      'keeps a change that somebody wants',
      'probes',
      [stored('FlowSchema', 'probes', both(moved, annotated('false')))],
      [],
    ],
    [
      'says so where nothing is said and the spec was changed',
      'probes',
      [
        stored(
          'FlowSchema',
          'probes',
          both(moved, annotated('no'), ({ metadata }) => void (metadata.generation = 2)),
        ),
      ],
      ['update FlowSchema 42 false'],
    ],
    [
      'says so where nothing is said and the spec is the first',
      'probes',
      [stored('FlowSchema', 'probes', annotated(undefined))],
      ['update FlowSchema 2 true'],
    ],
    [
      'keeps the mandatory ones whatever is said',
      'catch-all',
      [stored('FlowSchema', 'catch-all', annotated('false')), stored('PriorityLevelConfiguration', 'catch-all')],
      ['update FlowSchema 10000 true'],
    ],
    [
      'lets the exempt level lend',
      'exempt',
      [
        stored('FlowSchema', 'exempt'),
        stored('PriorityLevelConfiguration', 'exempt', ({ spec }) => {
          Object.assign(spec, { exempt: { nominalConcurrencyShares: 5, lendablePercent: 50 } });
        }),
      ],
      [],
    ],
  ])('%s', async (_what, name, objects, writes) => {
    expect(await writesFor(name, objects)).toEqual(writes);
  });

  it('leaves what another was faster with, and fails with what is no race', async () => {
    const race = StatusError.alreadyExists({ group: '', resource: 'flowschemas' }, 'probes');
    await expect(writesFor('probes', [], race)).resolves.toEqual([]);
    await expect(writesFor('probes', [], new Error('down'))).rejects.toThrow('down');
  });
});
