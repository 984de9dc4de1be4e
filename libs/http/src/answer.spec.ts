import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { ALPHA, aSpecServer, type SpecServer } from './spec-server.js';

let server: SpecServer;
beforeAll(async () => (server = await aSpecServer()));
afterAll(() => server.close());

const MISSING = '/api/v1/namespaces/default/configmaps/nope';
const COMPACT = /^\{"kind":"Status",.*"code":404\}$/;
const INDENTED = /^\{\n {2}"kind": "Status",\n/;
const YAML = /^kind: Status\n/;

function read(path: string, headers: Record<string, string>) {
  return request(server.plain)
    .get(`/sandboxes/alpha${path}`)
    .set('authorization', server.bearer(ALPHA))
    .set(headers)
    .buffer(true)
    .parse((response, done) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => done(null, text));
    });
}

describe('a failure', () => {
  it.each<[string, string, Record<string, string>, RegExp, string]>([
    ['compact for programs', '', { 'user-agent': 'kubectl/v1.33' }, COMPACT, 'application/json'],
    ['indented for people', '', { 'user-agent': 'curl/8.0' }, INDENTED, 'application/json'],
    ['indented on demand', '?pretty=true', { 'user-agent': 'kubectl/v1.33' }, INDENTED, 'application/json'],
    ['compact on demand', '?pretty=false', { 'user-agent': 'curl/8.0' }, COMPACT, 'application/json'],
    ['YAML', '', { accept: 'application/yaml' }, YAML, 'application/yaml'],
    ['itself, whatever is accepted', '', { accept: 'image/png' }, INDENTED, 'application/json'],
  ])('is %s', async (_what, query, headers, form, contentType) => {
    const { status, body, headers: answered } = await read(MISSING + query, headers);
    expect(answered['content-type']).toBe(contentType);
    expect(body).toMatch(form);
    expect(status).toBe(headers['accept'] === 'image/png' ? 406 : 404);
  });

  it('comes before the answer when a list says for how long to wait and it is no number', async () => {
    const { status, body } = await read('/api/v1/configmaps?timeoutSeconds=abc', { 'user-agent': 'kubectl/v1.33' });
    expect(status).toBe(400);
    expect(body).toContain(String.raw`strconv.ParseInt: parsing \"abc\": invalid syntax`);
  });
});
