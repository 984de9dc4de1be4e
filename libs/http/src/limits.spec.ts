import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { WireMessage } from './openapi/wire.js';
import { ALPHA, aSpecServer, type SpecServer } from './spec-server.js';

let server: SpecServer;
beforeAll(async () => {
  server = await aSpecServer();
});
afterAll(() => server.close());

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

interface Sent {
  readonly method?: Method;
  /** Below /sandboxes/alpha. */
  readonly path: string;
  readonly type?: string;
  readonly body?: string | object;
  readonly headers?: Record<string, string>;
}

const PODS = '/api/v1/namespaces/default/pods';
const MAPS = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
});
const deep = (levels: number) => `{"data":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;
const BOMB = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
  .split('')
  .map((key, i) => `${key}: &${key} [${`*${'abcdefgh'[i]},`.repeat(8)}*${'abcdefgh'[i]}]`)
  .join('\n')}\n`;

async function send({ method = 'get', path, type, body, headers = {} }: Sent) {
  let call = request(server.plain)[method](`/sandboxes/alpha${path}`).set('authorization', server.bearer(ALPHA));
  for (const [name, value] of Object.entries(headers)) call = call.set(name, value);
  if (body === undefined) return call;
  call = call.set('content-type', type ?? 'application/json');
  return call.send(typeof body === 'string' ? body : JSON.stringify(body));
}

const post = (body: string | object, type?: string, path = MAPS): Sent => ({
  method: 'post',
  path,
  body,
  ...(type ? { type } : {}),
});

/** [row of limits.md, request, code, part of the message]. */
const ROWS: readonly (readonly [string, Sent, number, string])[] = [
  ['empty body', { method: 'post', path: MAPS, body: '' }, 400, ''],
  ['malformed body', post('{"kind":'), 400, ''],
  ['array body', post('[]'), 400, 'cannot unmarshal array'],
  ['wrong kind', post({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }), 400, 'Secret'],
  ['wrong JSON type', post({ ...configMap('a'), data: { a: 1 } }), 400, 'cannot unmarshal number'],
  ['int64 overflow', post({ metadata: { name: 'a', generation: 1e30 } }), 400, 'cannot unmarshal number'],
  ['float for an integer', post({ spec: { terminationGracePeriodSeconds: 1.5 } }, undefined, PODS), 400, 'number 1.5'],
  ['namespace in body and URL differ', post(configMap('a', { namespace: 'x' })), 400, 'does not match the namespace'],
  ['name in body and URL differ on PUT', { method: 'put', path: `${MAPS}/b`, body: configMap('a') }, 400, 'name'],
  ['bad label selector', { path: `${PODS}?labelSelector=a%20b%20c` }, 400, 'unable to parse requirement'],
  ['bad field selector', { path: `${PODS}?fieldSelector=spec.nope%3D1` }, 400, 'field label not supported'],
  ['limit=abc', { path: `${PODS}?limit=abc` }, 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
  ['bad continue', { path: `${PODS}?continue=%21` }, 400, 'continue key is not valid'],
  ['YAML with excessive aliasing', post(BOMB, 'application/yaml'), 400, ''],
  ['JSON deeper than 10,000', post(deep(10_001)), 400, ''],
  ['bad name', post(configMap('A_b')), 422, 'a lowercase RFC 1123 subdomain'],
  [
    'missing name',
    post({ kind: 'ConfigMap', apiVersion: 'v1', metadata: {} }),
    422,
    'name or generateName is required',
  ],
  ['254-character name', post(configMap('a'.repeat(254))), 422, 'no more than 253'],
  [
    'annotations over 262,144 bytes',
    post(configMap('a', { annotations: { a: 'x'.repeat(262_145) } })),
    422,
    'Too long',
  ],
  ['label value over 63', post(configMap('a', { labels: { a: 'x'.repeat(64) } })), 422, 'no more than 63'],
  ['ConfigMap over 1,048,576 bytes', post({ ...configMap('a'), data: { a: 'x'.repeat(1_048_577) } }), 422, 'Too long'],
  ['bad dryRun', { ...post(configMap('a')), path: `${MAPS}?dryRun=Some` }, 422, 'Unsupported value: []string{"Some"}'],
  [
    'apply without fieldManager',
    { method: 'patch', path: `${MAPS}/a`, type: 'application/apply-patch+yaml', body: configMap('a') },
    422,
    'fieldManager: Required value: is required for apply patch',
  ],
  ['resourceVersionMatch without resourceVersion', { path: `${PODS}?resourceVersionMatch=Exact` }, 422, 'is forbidden'],
  ['body over 3,145,728 bytes', post('x'.repeat(3_145_729)), 413, 'limit is 3145728'],
  ['unknown content type', post('x', 'text/plain'), 415, 'unknown format'],
  ['malformed protobuf body', post('k8s', 'application/vnd.kubernetes.protobuf'), 400, ''],
  ['unknown patch type', { method: 'patch', path: `${MAPS}/a`, body: {} }, 415, 'application/merge-patch+json'],
  ['unacceptable Accept', { path: PODS, headers: { accept: 'image/png' } }, 406, 'only the following media types'],
  ['protobuf alone accepted', { path: PODS, headers: { accept: 'application/vnd.kubernetes.protobuf' } }, 406, ''],
  ['unknown path', { path: '/nope' }, 404, 'could not find the requested resource'],
  ['unknown resource', { path: '/api/v1/nopes' }, 404, 'could not find the requested resource'],
  ['unknown group', { path: '/apis/nope.io/v1/pods' }, 404, 'could not find the requested resource'],
  ['method not allowed', { method: 'put', path: PODS, body: {} }, 405, 'is not supported'],
  ['method not allowed on a path', { method: 'post', path: '/version', body: {} }, 405, 'does not allow this method'],
  ['create across namespaces', post(configMap('a'), undefined, '/api/v1/configmaps'), 405, 'is not supported'],
  ['list at a bad revision', { path: `${PODS}?resourceVersion=abc` }, 400, ''],
  ['resourceVersion set on create', post(configMap('a', { resourceVersion: '5' })), 400, 'should not be set'],
  [
    'unknown field, Strict',
    { ...post({ ...configMap('a'), nope: 1 }), path: `${MAPS}?fieldValidation=Strict` },
    400,
    'strict decoding error: unknown field "nope"',
  ],
  [
    'duplicate field, Strict',
    { ...post('{"metadata":{"name":"a"},"data":{"k":"1","k":"2"}}'), path: `${MAPS}?fieldValidation=Strict` },
    400,
    'duplicate field "data.k"',
  ],
  ['bad fieldValidation', { ...post(configMap('a')), path: `${MAPS}?fieldValidation=Loud` }, 422, 'supported values'],
  ['encoded slash', { path: `${PODS}/a%2Fb` }, 404, ''],
  ['NUL', { path: `${PODS}/a%00b` }, 400, 'NUL'],
  ['broken escape', { path: `${PODS}/%zz` }, 400, 'URL escape'],
  ['broken escape in the query', { path: `${PODS}?labelSelector=%zz` }, 400, 'URL escape'],
];

describe('limits.md', () => {
  it.each(ROWS)('%s', async (_row, sent, code, text) => {
    const response = await send(sent);
    expect(response.body).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code });
    expect(response.status).toBe(code);
    expect(response.body.message).toContain(text);
    expect(response.headers['content-type']).toBe('application/json');
  });

  it('names the field in the causes of a 422', async () => {
    const { body } = await send(post(configMap('A_b')));
    expect(body.reason).toBe('Invalid');
    expect(body.details).toMatchObject({
      kind: 'ConfigMap',
      causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }],
    });
  });

  it('warns of unknown fields unless told otherwise', async () => {
    const warned = await send(post({ ...configMap('warned'), nope: 1 }));
    expect(warned.status).toBe(201);
    expect(warned.headers['warning']).toBe('299 - "unknown field \\"nope\\""');
    const silent = await send({ ...post({ ...configMap('silent'), nope: 1 }), path: `${MAPS}?fieldValidation=Ignore` });
    expect(silent.status).toBe(201);
    expect(silent.headers['warning']).toBeUndefined();
  });

  it('treats __proto__ and constructor as ordinary keys', async () => {
    const body = '{"metadata":{"name":"proto"},"data":{"__proto__":"a","constructor":"b","toString":"c"}}';
    expect((await send(post(body))).status).toBe(201);
    const { text } = await send({ path: `${MAPS}/proto` });
    expect(text).toContain('"data":{"__proto__":"a","constructor":"b","toString":"c"}');
  });

  it('reads protocol buffers', async () => {
    const meta = new WireMessage().text(1, 'wired');
    const data = new WireMessage().text(1, 'k').text(2, 'v');
    const object = new WireMessage().message(1, meta).message(2, data);
    const typeMeta = new WireMessage().text(1, 'v1').text(2, 'ConfigMap');
    const unknown = new WireMessage().message(1, typeMeta).message(2, object).bytes();
    const { status, body } = await request(server.plain)
      .post(`/sandboxes/alpha${MAPS}`)
      .set('authorization', server.bearer(ALPHA))
      .set('content-type', 'application/vnd.kubernetes.protobuf')
      .send(Buffer.concat([Buffer.from('k8s\0'), unknown]));
    expect([status, body.metadata?.name, body.data]).toEqual([201, 'wired', { k: 'v' }]);
  });

  it('answers 409 to a stale revision, a wrong uid and a taken name, 400 to no revision at all', async () => {
    await send(post(configMap('taken')));
    const again = await send(post(configMap('taken')));
    expect([again.status, again.body.reason]).toEqual([409, 'AlreadyExists']);
    const stale = await send({
      method: 'put',
      path: `${MAPS}/taken`,
      body: configMap('taken', { resourceVersion: '1' }),
    });
    expect([stale.status, stale.body.reason]).toEqual([409, 'Conflict']);
    const abc = await send({
      method: 'put',
      path: `${MAPS}/taken`,
      body: configMap('taken', { resourceVersion: 'abc' }),
    });
    expect([abc.status, abc.body.reason]).toEqual([400, 'BadRequest']);
    const other = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'not-it' } };
    const wrongUid = await send({ method: 'delete', path: `${MAPS}/taken`, body: other });
    expect([wrongUid.status, wrongUid.body.reason]).toEqual([409, 'Conflict']);
  });

  it('answers 504 with Retry-After to a list at a revision that is still to come', async () => {
    const answer = send({ path: `${PODS}?resourceVersion=999999` });
    const settled = answer.then((one) => one);
    for (let i = 0; i < 40; i++) await server.clock.advance(100);
    const { status, headers, body } = await settled;
    expect([status, headers['retry-after'], body.reason]).toEqual([504, '1', 'Timeout']);
    expect(body.message).toContain('Too large resource version');
  });

  it('had nothing unexpected', () => {
    expect(server.unexpected).toEqual([]);
  });
});
