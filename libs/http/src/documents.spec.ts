import { gunzipSync } from 'node:zlib';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { ALPHA, aSpecServer, type SpecServer } from './spec-server.js';

let server: SpecServer;
beforeAll(async () => {
  server = await aSpecServer();
});
afterAll(() => server.close());

const read = (path: string, accept = 'application/json') =>
  request(server.plain).get(`/sandboxes/alpha${path}`).set('authorization', server.bearer(ALPHA)).set('accept', accept);

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

describe('discovery', () => {
  it('lists groups, versions and resources in the old form', async () => {
    expect((await read('/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    const { body } = await read('/apis');
    expect(body.groups).toContainEqual({
      name: 'apps',
      versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
      preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
    });
    const { resources } = (await read('/api/v1')).body;
    expect(resources).toContainEqual(
      expect.objectContaining({ name: 'pods', kind: 'Pod', namespaced: true, shortNames: ['po'], singularName: 'pod' }),
    );
    expect(resources).toContainEqual(
      expect.objectContaining({ name: 'pods/status', kind: 'Pod', verbs: ['get', 'patch', 'update'] }),
    );
  });

  it('tells of all in one document, unchanged for who has it', async () => {
    const accept = `${AGGREGATED},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`;
    const { body, headers } = await read('/apis', accept);
    expect(headers['content-type']).toBe(AGGREGATED);
    expect(body).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' });
    const apps = body.items.find((item: { metadata: { name: string } }) => item.metadata.name === 'apps');
    expect(apps.versions[0].resources).toContainEqual(
      expect.objectContaining({
        resource: 'deployments',
        responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
        scope: 'Namespaced',
        subresources: expect.arrayContaining([
          {
            subresource: 'scale',
            responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
            verbs: ['get', 'patch', 'update'],
          },
        ]),
      }),
    );
    const again = await read('/apis', accept).set('if-none-match', headers['etag']!);
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('speaks v2beta1 to older clients', async () => {
    const { body } = await read('/api', AGGREGATED.replace('v=v2', 'v=v2beta1'));
    expect(body.apiVersion).toBe('apidiscovery.k8s.io/v2beta1');
  });
});

describe('OpenAPI', () => {
  it('names each v3 document by a hash under which it may be kept for good', async () => {
    const { paths } = (await read('/openapi/v3')).body;
    const { headers, body } = await read(paths['apis/apps/v1'].serverRelativeURL);
    expect(headers['cache-control']).toContain('immutable');
    const operations = body.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];
    expect(operations.patch.parameters.map(({ name }: { name: string }) => name)).toContain('fieldValidation');
    expect(operations.get['x-kubernetes-group-version-kind']).toEqual({
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
    });
  });

  it('leads on from a hash that is no longer true', async () => {
    const { paths } = (await read('/openapi/v3')).body;
    const current = paths['apis/apps/v1'].serverRelativeURL as string;
    const { status, headers } = await read('/openapi/v3/apis/apps/v1?hash=OLD');
    expect([status, headers['location']]).toEqual([301, `/sandboxes/alpha${current}`]);
  });

  it('defines everything that a v3 document refers to', async () => {
    const { text } = await read('/openapi/v3/api/v1');
    const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
    const referred = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!));
    expect([...referred].filter((name) => !(name in components.schemas))).toEqual([]);
  });

  it('defines everything that the v2 document refers to, with v2 refs only', async () => {
    const { text } = await read('/openapi/v2');
    const { definitions } = JSON.parse(text) as { definitions: Record<string, { type?: string }> };
    const referred = new Set([...text.matchAll(/"#\/([^"]+)"/g)].map(([, name]) => name!));
    expect([...referred].filter((ref) => !(ref.replace('definitions/', '') in definitions))).toEqual([]);
    expect(definitions['io.k8s.apimachinery.pkg.api.resource.Quantity']!.type).toBe('string');
  });

  it("answers kubectl with gnostic's protocol buffer", async () => {
    const { headers, body } = await read('/openapi/v2', 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf')
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => done(null, Buffer.concat(chunks)));
      });
    expect(headers['content-type']).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    // Field 1, three bytes: the version.
    expect((body as Buffer).subarray(0, 5).toString('latin1')).toBe('\n\x032.0');
  });
});

describe('large lists', () => {
  it('are streamed, and packed for who asks for it', async () => {
    const data = { k: 'ü"\n'.repeat(5_000) };
    for (let i = 0; i < 40; i++) {
      const made = await request(server.plain)
        .post('/sandboxes/alpha/api/v1/namespaces/default/configmaps')
        .set('authorization', server.bearer(ALPHA))
        .send({ metadata: { name: `m${i}` }, data });
      expect(made.status).toBe(201);
    }
    const path = '/sandboxes/alpha/api/v1/namespaces/default/configmaps';
    const bytes = (encoding: string) =>
      new Promise<{ packed: boolean; body: Buffer }>((resolve, reject) => {
        const headers = { authorization: server.bearer(ALPHA), 'accept-encoding': encoding };
        get(server.plain + path, { headers, agent: false }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ packed: response.headers['content-encoding'] === 'gzip', body: Buffer.concat(chunks) }),
          );
        }).on('error', reject);
      });
    const plain = await bytes('identity');
    const packed = await bytes('br, gzip');
    expect([plain.packed, packed.packed]).toEqual([false, true]);
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    const list = JSON.parse(plain.body.toString()) as { kind: string; items: { kind?: string; data: object }[] };
    expect([list.kind, list.items.length, list.items[7]!.kind]).toEqual(['ConfigMapList', 40, undefined]);
    expect(list.items.every((item) => JSON.stringify(item.data) === JSON.stringify(data))).toBe(true);
  });
});
