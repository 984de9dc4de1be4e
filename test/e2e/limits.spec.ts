import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClientHttp2Session } from 'node:http2';
import { ServerProcess } from './support/server-process.js';
import { type Answer, openHttp2, type Sent, sendHttp1, sendHttp2, tokenOf } from './support/wire.js';

const PODS = '/api/v1/namespaces/default/pods';
const MAPS = '/api/v1/namespaces/default/configmaps';
const SECRETS = '/api/v1/namespaces/default/secrets';
const JSON_PATCH = 'application/json-patch+json';

const map = (name: string, more: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  ...more,
});
const post = (path: string, body: string | object, type = 'application/json'): Sent => write('POST', path, body, type);

function write(method: string, path: string, body: string | object, type = 'application/json'): Sent {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { method, path, body: text, headers: { 'content-type': type } };
}

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const BOMB = `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghi')
  .map((key, i) => `${key}: &${key} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[i]}`).join(',')}]`)
  .join('\n')}\n`;
const OPERATIONS = JSON.stringify(Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/kind', value: 'x' })));
const fuse = { metadata: { name: 'fuse' } };

/** Rows of the limits that the reference server has: [what, request, code, reason, part of the message]. */
const ROWS: readonly (readonly [string, Sent, number, string, string])[] = [
  ['empty body', post(MAPS, ''), 400, 'BadRequest', ''],
  ['malformed body', post(MAPS, '{"kind":'), 400, 'BadRequest', ''],
  ['array body', post(MAPS, '[]'), 400, 'BadRequest', 'cannot unmarshal array'],
  ['wrong kind', post(MAPS, { apiVersion: 'v1', kind: 'Secret', ...fuse }), 400, 'BadRequest', 'Secret'],
  ['wrong JSON type', post(MAPS, map('fuse', { data: { a: 1 } })), 400, 'BadRequest', 'cannot unmarshal number'],
  ['int64 overflow', post(MAPS, map('fuse', {}, { generation: 1e30 })), 400, 'BadRequest', 'cannot unmarshal number'],
  [
    'float for an integer',
    post(PODS, { ...fuse, spec: { terminationGracePeriodSeconds: 1.5 } }),
    400,
    'BadRequest',
    'number 1.5',
  ],
  ['namespace differs', post(MAPS, map('fuse', {}, { namespace: 'x' })), 400, 'BadRequest', 'does not match'],
  ['name differs on PUT', write('PUT', `${MAPS}/other`, map('fuse')), 400, 'BadRequest', 'does not match the name'],
  ['bad label selector', { path: `${PODS}?labelSelector=a%20b%20c` }, 400, 'BadRequest', 'unable to parse'],
  ['bad field selector', { path: `${PODS}?fieldSelector=spec.nope%3D1` }, 400, 'BadRequest', 'not supported'],
  ['limit=abc', { path: `${PODS}?limit=abc` }, 400, 'BadRequest', 'strconv.ParseInt: parsing "abc": invalid syntax'],
  ['bad continue', { path: `${PODS}?continue=%21` }, 400, 'BadRequest', 'continue key is not valid'],
  ['YAML aliases', post(MAPS, BOMB, 'application/yaml'), 400, 'BadRequest', ''],
  ['JSON deeper than 10,000', post(MAPS, `{"data":${deep(10_001)}}`), 400, 'BadRequest', ''],
  ['bad name', post(MAPS, map('A_b')), 422, 'Invalid', 'a lowercase RFC 1123 subdomain'],
  ['missing name', post(MAPS, { metadata: {} }), 422, 'Invalid', 'name or generateName is required'],
  ['254-character name', post(MAPS, map('a'.repeat(254))), 422, 'Invalid', 'no more than 253'],
  [
    'annotations over 262,144 bytes',
    post(MAPS, map('fuse', {}, { annotations: { a: 'x'.repeat(262_145) } })),
    422,
    'Invalid',
    'may not be more than 262144 bytes',
  ],
  [
    'label value over 63',
    post(MAPS, map('fuse', {}, { labels: { a: 'x'.repeat(64) } })),
    422,
    'Invalid',
    'no more than 63',
  ],
  ['ConfigMap over 1 MiB', post(MAPS, map('fuse', { data: { a: 'x'.repeat(1_048_577) } })), 422, 'Invalid', 'Too long'],
  [
    'Secret over 1 MiB',
    post(SECRETS, { ...fuse, data: { a: Buffer.alloc(1_048_577).toString('base64') } }),
    422,
    'Invalid',
    'Too long',
  ],
  ['bad dryRun', post(`${MAPS}?dryRun=Some`, map('fuse')), 422, 'Invalid', '[]string{"Some"}'],
  [
    'apply without fieldManager',
    write('PATCH', `${MAPS}/fuse`, map('fuse'), 'application/apply-patch+yaml'),
    422,
    'Invalid',
    'fieldManager: Required value: is required for apply patch',
  ],
  [
    'JSON patch whose path fails',
    write('PATCH', `${MAPS}/there`, '[{"op":"remove","path":"/data/nope"}]', JSON_PATCH),
    422,
    'Invalid',
    '',
  ],
  [
    'JSON patch whose test fails',
    write('PATCH', `${MAPS}/there`, '[{"op":"test","path":"/kind","value":"x"}]', JSON_PATCH),
    422,
    'Invalid',
    '',
  ],
  ['match without version', { path: `${PODS}?resourceVersionMatch=Exact` }, 422, 'Invalid', 'is forbidden'],
  ['JSON patch over 10,000', write('PATCH', `${MAPS}/there`, OPERATIONS, JSON_PATCH), 413, 'RequestEntityTooLarge', ''],
  ['unknown content type', post(MAPS, 'x', 'text/plain'), 415, 'UnsupportedMediaType', ''],
  ['unacceptable Accept', { path: PODS, headers: { accept: 'image/png' } }, 406, 'NotAcceptable', ''],
  [
    'stale resourceVersion',
    write('PUT', `${MAPS}/there`, map('there', {}, { resourceVersion: '1' })),
    409,
    'Conflict',
    'the object has been modified',
  ],
  [
    'wrong UID',
    write('DELETE', `${MAPS}/there`, { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'x' } }),
    409,
    'Conflict',
    'the UID in the precondition (x) does not match the UID in record',
  ],
  ['existing name', post(MAPS, map('there')), 409, 'AlreadyExists', 'configmaps "there" already exists'],
  [
    'no credentials',
    { path: PODS, headers: { authorization: '' } },
    403,
    'Forbidden',
    'User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"',
  ],
  ['bad token', { path: PODS, headers: { authorization: 'Bearer nope' } }, 401, 'Unauthorized', 'Unauthorized'],
  [
    'no right',
    { path: SECRETS, headers: { 'impersonate-user': 'kim' } },
    403,
    'Forbidden',
    'User "kim" cannot list resource "secrets" in API group "" in the namespace "default"',
  ],
  ['unknown path', { path: '/nope' }, 404, 'NotFound', 'the server could not find the requested resource'],
  ['method not allowed', write('PUT', PODS, {}), 405, 'MethodNotAllowed', ''],
  [
    'future resourceVersion',
    { path: `${PODS}?resourceVersion=99999999` },
    504,
    'Timeout',
    'Too large resource version',
  ],
  [
    'unknown field, Strict',
    post(`${MAPS}?fieldValidation=Strict`, map('fuse', { nope: 1 })),
    400,
    'BadRequest',
    'strict decoding error: unknown field "nope"',
  ],
  [
    'duplicate field, Strict',
    post(`${MAPS}?fieldValidation=Strict`, '{"metadata":{"name":"fuse"},"data":{"k":"1","k":"2"}}'),
    400,
    'BadRequest',
    'duplicate field "data.k"',
  ],
  [
    'resourceVersion=abc on PUT',
    write('PUT', `${MAPS}/there`, map('there', {}, { resourceVersion: 'abc' })),
    400,
    'BadRequest',
    '',
  ],
  [
    'resourceVersion on create',
    post(MAPS, map('fuse', {}, { resourceVersion: '5' })),
    400,
    'BadRequest',
    'should not be set',
  ],
];

describe('limits', () => {
  let server: ServerProcess;
  let session: ClientHttp2Session;
  let token: string;

  beforeAll(async () => {
    server = await ServerProcess.start();
    token = tokenOf(server);
    session = await openHttp2(server);
    expect((await http1(post(MAPS, map('there')))).status).toBe(201);
  });
  afterAll(async () => {
    session.destroy();
    await server.dispose();
  });

  function placed({ path, headers, ...rest }: Sent): Sent {
    const { authorization = `Bearer ${token}`, ...others } = headers ?? {};
    const credentials: Record<string, string> = authorization === '' ? {} : { authorization };
    return { ...rest, path: `/sandboxes/default${path}`, headers: { ...credentials, ...others } };
  }
  const http1 = (sent: Sent) => sendHttp1(server, placed(sent));
  const both = (sent: Sent): Promise<Answer[]> => Promise.all([http1(sent), sendHttp2(session, placed(sent))]);

  it.each(ROWS)('%s', async (_what, sent, code, reason, message) => {
    for (const answer of await both(sent)) {
      const status = JSON.parse(answer.text) as { message: string };
      expect([answer.status, status]).toMatchObject([
        code,
        { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason },
      ]);
      expect(status.message).toContain(message);
      if (code === 504) expect(answer.headers['retry-after']).toBe('1');
    }
  });

  it('413 to a body over 3,145,728 bytes, said or only sent', async () => {
    for (const answer of await both(post(MAPS, 'x'.repeat(3_145_729)))) {
      expect(JSON.parse(answer.text)).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge' });
    }
  });

  it('431 to headers that are too many, and none to 60 kB', async () => {
    const large = await http1({ path: PODS, headers: { 'x-large': 'x'.repeat(60_000) } });
    expect(large.status).toBe(200);
    const refused = await http1({ path: PODS, headers: { 'x-large': 'x'.repeat(70_000) } });
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([431, { kind: 'Status', code: 431 }]);
  });

  it('one ERROR event to a watch at a compacted revision', async () => {
    for (const answer of await both({ path: `${PODS}?watch=1&resourceVersion=1&timeoutSeconds=5` })) {
      const lines = answer.text.trim().split('\n');
      expect([answer.status, lines.length]).toEqual([200, 1]);
      expect(JSON.parse(lines[0]!)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    }
  });

  it('keeps __proto__ and constructor as the keys that they are', async () => {
    const body = '{"metadata":{"name":"proto"},"data":{"__proto__":"a","constructor":"b"}}';
    expect((await http1(post(MAPS, body))).status).toBe(201);
    expect((await http1({ path: `${MAPS}/proto` })).text).toContain('"data":{"__proto__":"a","constructor":"b"}');
  });

  it('said nothing unexpected in its log', () => {
    expect(server.text).not.toMatch(/^request /m);
  });
});
