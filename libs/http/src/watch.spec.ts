import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { HOST_SANDBOX_ID } from '#base';
import { ALPHA, aSpecServer, type SpecServer } from './spec-server.js';

let server: SpecServer;
beforeAll(async () => {
  server = await aSpecServer();
});
afterAll(() => server.close());

const MAPS = '/sandboxes/alpha/api/v1/namespaces/default/configmaps';

interface Frame {
  type: string;
  object: {
    kind: string;
    code?: number;
    reason?: string;
    metadata: { name?: string; resourceVersion?: string; annotations?: object };
  };
}

/** One open watch: frames as they come. */
class OpenWatch {
  readonly frames: Frame[] = [];
  private rest = '';
  private wake: (() => void) | undefined;
  ended = false;

  constructor(readonly response: IncomingMessage) {
    const look = () => this.wake?.();
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (this.rest + chunk).split('\n');
      this.rest = lines.pop()!;
      for (const line of lines) this.frames.push(JSON.parse(line) as Frame);
      look();
    });
    response.on('close', () => {
      this.ended = true;
      look();
    });
    response.on('error', look);
  }

  async until(done: (watch: OpenWatch) => boolean): Promise<this> {
    while (!done(this)) await new Promise<void>((resolve) => (this.wake = resolve));
    return this;
  }

  seen(): string[] {
    return this.frames.map(({ type, object }) => `${type} ${object.metadata?.name ?? object.reason ?? ''}`.trim());
  }
}

function watch(query: string, accept = 'application/json'): Promise<OpenWatch> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: server.bearer(ALPHA), accept };
    get(`${server.plain}${MAPS}?watch=1&${query}`, { headers, agent: false }, (response) =>
      resolve(new OpenWatch(response)),
    ).on('error', reject);
  });
}

const create = (name: string) =>
  request(server.plain).post(MAPS).set('authorization', server.bearer(ALPHA)).send({ metadata: { name } });
const remove = (name: string) =>
  request(server.plain).delete(`${MAPS}/${name}`).set('authorization', server.bearer(ALPHA));
const head = async () => String(await server.store.head(ALPHA));

describe('a watch', () => {
  it('shows what was there, then every change once, in order', async () => {
    await create('before');
    const open = await watch('');
    await create('after');
    await remove('before');
    await open.until((one) => one.frames.length === 3);
    expect(open.seen()).toEqual(['ADDED before', 'ADDED after', 'DELETED before']);
    open.response.destroy();
  });

  it('resumes after a revision', async () => {
    const from = await head();
    await create('resumed');
    const open = await watch(`resourceVersion=${from}`);
    await open.until((one) => one.frames.length === 1);
    expect(open.seen()).toEqual(['ADDED resumed']);
    open.response.destroy();
  });

  it('closes the initial events with a marked bookmark', async () => {
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const open = await watch(query);
    await open.until((one) => one.frames.some(({ type }) => type === 'BOOKMARK'));
    const last = open.frames.at(-1)!;
    expect(last).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    expect(open.frames.slice(0, -1).every(({ type }) => type === 'ADDED')).toBe(true);
    open.response.destroy();
  });

  it('is bookmarked once a minute, and a last time when its timeout ends it', async () => {
    const open = await watch(`resourceVersion=${await head()}&allowWatchBookmarks=true&timeoutSeconds=90`);
    const silent = await watch(`resourceVersion=${await head()}&timeoutSeconds=90`);
    await server.clock.advance(61_000);
    await open.until((one) => one.frames.length === 1);
    await server.clock.advance(30_000);
    await open.until((one) => one.ended);
    await silent.until((one) => one.ended);
    expect(open.frames.map(({ type }) => type)).toEqual(['BOOKMARK', 'BOOKMARK']);
    expect(open.frames[0]!.object.metadata.resourceVersion).toBe(await head());
    expect(silent.frames).toEqual([]);
    expect(open.response.complete).toBe(true);
  });

  it('tells of a compacted revision inside the stream, with 200', async () => {
    await create('c1');
    await create('c2');
    await server.store.compact(ALPHA, await server.store.head(ALPHA));
    const open = await watch('resourceVersion=1');
    await open.until((one) => one.ended);
    expect(open.response.statusCode).toBe(200);
    expect(open.frames).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }]);
  });

  it('carries tables and metadata as asked', async () => {
    const from = await head();
    const table = await watch(
      `resourceVersion=${from}`,
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    );
    const partial = await watch(
      `resourceVersion=${from}`,
      'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json',
    );
    await create('formed');
    await create('formed-too');
    await table.until((one) => one.frames.length === 2);
    await partial.until((one) => one.frames.length === 2);
    expect(table.frames[0]).toMatchObject({
      type: 'ADDED',
      object: {
        kind: 'Table',
        columnDefinitions: [{ name: 'Name' }, { name: 'Data' }, { name: 'Age' }],
        rows: [{ cells: ['formed', 0, '0s'], object: { kind: 'PartialObjectMetadata' } }],
      },
    });
    expect(table.frames[1]).toMatchObject({
      object: { columnDefinitions: null, rows: [{ cells: ['formed-too', 0, '0s'] }] },
    });
    expect(partial.frames[0]).toMatchObject({ type: 'ADDED', object: { kind: 'PartialObjectMetadata' } });
    table.response.destroy();
    partial.response.destroy();
  });

  it('is refused with 429 beyond the number that a sandbox may have, and counted down when closed', async () => {
    const small = await aSpecServer({ watchesMax: 1 });
    const url = `${small.plain}${MAPS}?watch=1`;
    const headers = { authorization: small.bearer(ALPHA) };
    const openOne = () =>
      new Promise<IncomingMessage>((resolve, reject) =>
        get(url, { headers, agent: false }, resolve).on('error', reject),
      );
    const first = await openOne();
    const second = await openOne();
    expect([first.statusCode, second.statusCode]).toEqual([200, 429]);
    second.resume();
    const closed = new Promise((resolve) => first.on('close', resolve));
    await small.close();
    first.resume();
    await closed;
    expect(first.complete).toBe(true);
  });

  it('does not outlive a client that went away while it was being opened', async () => {
    const next = (await server.store.head(ALPHA)) + 1;
    const query = `watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=${next}`;
    const headers = { authorization: server.bearer(ALPHA) };
    const call = get(`${server.plain}${MAPS}?${query}`, { headers, agent: false }).on('error', () => {});
    const metrics = async () => {
      const host = server.bearer(HOST_SANDBOX_ID);
      const { text } = await request(server.plain).get('/metrics').set('authorization', host);
      return /^apiserver_longrunning_requests (\d+)$/m.exec(text)![1];
    };
    while ((await metrics()) === '0') await server.clock.advance(1);
    call.destroy();
    await create('reached');
    await server.clock.advance(200);
    expect(await metrics()).toBe('0');
  });
});
