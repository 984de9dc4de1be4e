import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from './support/kubectl.js';
import { Rest, type WireEvent } from './support/rest.js';
import { ServerProcess } from './support/server-process.js';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const WRITERS = 8;
const ACKNOWLEDGED_BEFORE_THE_KILL = 400;

interface Acknowledged {
  name: string;
  resourceVersion: number;
}

describe('kill -9 under load', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start();
  });
  afterAll(() => server.dispose());

  /** Creates until told to stop or until the server is gone; notes what was acknowledged. */
  async function write(
    rest: Rest,
    writer: number,
    acknowledged: Acknowledged[],
    stopped: () => boolean,
  ): Promise<void> {
    for (let i = 0; !stopped(); i++) {
      const name = `cm-${writer}-${i}`;
      try {
        const response = await rest.fetch(CONFIG_MAPS, {
          method: 'POST',
          body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { i: String(i) } },
        });
        const body = (await response.json()) as { metadata: { resourceVersion: string } };
        if (response.status === 201)
          acknowledged.push({ name, resourceVersion: Number(body.metadata.resourceVersion) });
      } catch {
        return;
      }
    }
  }

  it('loses nothing acknowledged, and a resumed watch sees no gap and no duplicate', async () => {
    const rest = new Rest(server);
    const before = (await (await rest.fetch(CONFIG_MAPS)).json()) as { metadata: { resourceVersion: string } };
    const seen: WireEvent[] = [];
    const note = (event: WireEvent) => void (event.type !== 'BOOKMARK' && seen.push(event));
    const watchFrom = (rv: string) => `${CONFIG_MAPS}?watch=1&resourceVersion=${rv}`;
    const firstWatch = rest.watch(watchFrom(before.metadata.resourceVersion), note);

    const acknowledged: Acknowledged[] = [];
    let stop = false;
    const writers = Array.from({ length: WRITERS }, (_, i) => write(rest, i, acknowledged, () => stop));
    await eventually(
      () => acknowledged.length,
      (count) => count >= ACKNOWLEDGED_BEFORE_THE_KILL,
    );
    await server.kill();
    stop = true;
    await Promise.all([...writers, firstWatch]);

    server = await ServerProcess.start({}, server);
    const again = new Rest(server);
    const listed = (await (await again.fetch(CONFIG_MAPS)).json()) as {
      items: { metadata: { name: string; resourceVersion: string } }[];
    };
    const found = new Map(listed.items.map(({ metadata }) => [metadata.name, Number(metadata.resourceVersion)]));
    expect(acknowledged.filter(({ name, resourceVersion }) => found.get(name) !== resourceVersion)).toEqual([]);

    // Everything the first watch saw is durable, and the second goes on exactly where it ended.
    expect(seen.filter(({ object }) => !found.has(object.metadata.name))).toEqual([]);
    const last = seen.at(-1)?.object.metadata.resourceVersion ?? before.metadata.resourceVersion;
    const abort = new AbortController();
    const secondWatch = again.watch(watchFrom(last), note, abort.signal);
    await again.fetch(CONFIG_MAPS, {
      method: 'POST',
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'the-last' } },
    });
    await eventually(
      () => seen.at(-1)?.object.metadata.name,
      (name) => name === 'the-last',
    );
    abort.abort();
    await secondWatch;

    const expected = [...found].filter(([name]) => name.startsWith('cm-')).map(([name]) => name);
    const names = seen.map(({ object }) => object.metadata.name);
    expect(names.toSorted()).toEqual([...expected, 'the-last'].toSorted());
    const revisions = seen.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(revisions).toEqual([...new Set(revisions)].toSorted((a, b) => a - b));
  });
});
