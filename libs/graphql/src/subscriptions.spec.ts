import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionResult } from 'graphql';
import { revision } from '#base';
import { SpecCluster } from './spec-cluster.js';

interface Event {
  type: string;
  resourceVersion: string | null;
  object: { metadata: { name: string } } | null;
}

const query = (more = '') => `subscription { coreV1ConfigMaps(namespace: "default"${more}) {
  type resourceVersion object { metadata { name } } } }`;

describe('subscriptions over a store', () => {
  let cluster: SpecCluster;
  beforeEach(async () => {
    cluster = await SpecCluster.make();
  });

  const create = (name: string) => cluster.create('configmaps', { metadata: { name } });
  const take = async (events: AsyncIterator<ExecutionResult>, count: number): Promise<Event[]> => {
    const taken: Event[] = [];
    for (let i = 0; i < count; i++) {
      const { value } = (await events.next()) as { value: ExecutionResult };
      taken.push((value.data as { coreV1ConfigMaps: Event }).coreV1ConfigMaps);
    }
    return taken;
  };
  const shown = (events: readonly Event[]) =>
    events.map(({ type, object }) => `${type} ${object?.metadata.name ?? ''}`.trim());

  it('goes on after any event, across connections, with nothing missed and nothing twice', async () => {
    await create('before');
    const first = await cluster.subscribe(query());
    expect(shown(await take(first, 2))).toEqual(['ADDED before', 'BOOKMARK']);
    await create('seen');
    const [seen] = await take(first, 1);
    await first.return(undefined);
    await create('unseen');
    await cluster.run('mutation { coreV1 { deleteConfigMap(name: "before") { gone } } }');
    const second = await cluster.subscribe(query(`, resourceVersion: "${seen!.resourceVersion}"`));
    expect(shown(await take(second, 2))).toEqual(['ADDED unseen', 'DELETED before']);
    await create('later');
    expect(shown(await take(second, 1))).toEqual(['ADDED later']);
    await second.return(undefined);
  });

  it('tells what changed since a revision that is compacted, to those who say what they hold', async () => {
    const kept = await create('kept');
    const lost = await create('lost');
    await cluster.run('mutation { coreV1 { deleteConfigMap(name: "lost") { gone } } }');
    await create('new');
    const { id } = cluster.served.env;
    await cluster.store.compact(id, revision(Number(await cluster.store.head(id))));
    const from = `, resourceVersion: "${lost.metadata.resourceVersion}"`;
    const refused = await cluster.subscribe(query(from)).then(
      (events) => events.next(),
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ message: expect.stringContaining('too old resource version') });
    const known = {
      'default/kept': kept.metadata.resourceVersion,
      'default/lost': lost.metadata.resourceVersion,
    };
    const events = await cluster.subscribe(
      `subscription($known: JSON) { coreV1ConfigMaps(namespace: "default"${from}, known: $known) {
        type resourceVersion object { metadata { name } } } }`,
      { known },
    );
    expect(shown(await take(events, 3))).toEqual(['DELETED lost', 'ADDED new', 'BOOKMARK']);
    await events.return(undefined);
  });

  it('watches one object by its name', async () => {
    await create('a');
    const events = await cluster.subscribe(query(', name: "b"'));
    expect(shown(await take(events, 1))).toEqual(['BOOKMARK']);
    await create('b');
    expect(shown(await take(events, 1))).toEqual(['ADDED b']);
    await events.return(undefined);
  });

  it('reads edges anew for each event', async () => {
    const text = `subscription { coreV1Pods(namespace: "default") { type object { node { metadata { labels } } } } }`;
    const events = await cluster.subscribe(text);
    await events.next();
    const labels: unknown[] = [];
    await cluster.create('nodes', { metadata: { name: 'n', labels: { round: '1' } } });
    for (const round of ['1', '2']) {
      await cluster.run(
        `mutation { coreV1 { patchNode(name: "n", patch: { metadata: { labels: { round: "${round}" } } }) { kind } } }`,
      );
      const spec = { nodeName: 'n', containers: [{ name: 'c', image: 'nginx' }] };
      await cluster.create('pods', { metadata: { name: `p${round}` }, spec });
      const { value } = (await events.next()) as { value: ExecutionResult };
      labels.push(
        (value.data as { coreV1Pods: { object: { node: { metadata: { labels: object } } } } }).coreV1Pods.object.node
          .metadata.labels,
      );
    }
    expect(labels).toEqual([expect.objectContaining({ round: '1' }), expect.objectContaining({ round: '2' })]);
    await events.return(undefined);
  });

  it('refuses a `known` that is no map of revisions', async () => {
    await expect(cluster.subscribe(query(', known: { a: 1 }'))).rejects.toMatchObject({
      message: 'known must be an object of "namespace/name": "resourceVersion"',
    });
  });
});
