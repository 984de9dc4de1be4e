import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { ClientHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { eventually, Kubectl } from './support/kubectl.js';
import { ServerProcess } from './support/server-process.js';
import { type Answer, openHttp2, type Sent, sendHttp1, sendHttp2, tokenOf } from './support/wire.js';

const PODS = '/api/v1/namespaces/default/pods';
const MAPS = '/api/v1/namespaces/default/configmaps';
const SECRETS = '/api/v1/namespaces/default/secrets';
const JSON_PATCH = 'application/json-patch+json';

interface List {
  metadata: { continue?: string };
  items?: { metadata: { name: string } }[];
}

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

/** Its one container has more in its environment than any object may have; annotations and data have narrower bounds. */
const LARGE_POD = {
  metadata: { name: 'large' },
  spec: { containers: [{ name: 'c', image: 'nginx', env: [{ name: 'A', value: 'x'.repeat(1_600_000) }] }] },
};

/** A token as a list at that revision gives it, after the key of the first ConfigMap. */
function continueAt(rv: number): string {
  const token = { v: 'meta.k8s.io/v1', rv, start: 'kube-root-ca.crt\u0000' };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

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
  ['object over 1.5 MiB', post(PODS, LARGE_POD), 413, 'RequestEntityTooLarge', ''],
  [
    'continue at a compacted revision',
    { path: `${MAPS}?limit=1&continue=${continueAt(1)}` },
    410,
    'Expired',
    'too old',
  ],
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
  async function namesOf(sent: Sent) {
    const { items, metadata } = JSON.parse((await http1(sent)).text) as List;
    return { names: items!.map((item) => item.metadata.name), continue: metadata.continue };
  }

  /** A way to the server on which every continue token grows old. */
  async function expiring() {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url!);
      const path = request.url!.replace(/continue=[^&]+/, `continue=${continueAt(1)}`);
      void http1({
        path: path.replace('/sandboxes/default', ''),
        headers: { accept: request.headers.accept ?? '' },
      }).then(({ status, headers, text }) =>
        response.writeHead(status, { 'content-type': String(headers['content-type']) }).end(text),
      );
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    return { asked, proxy: { port, close: () => (proxy.closeAllConnections(), proxy.close()) } };
  }

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

  it('goes on with the rest of an expired list when it is asked with the token of the refusal', async () => {
    const [first, ...others] = (await namesOf({ path: MAPS })).names;
    const refused = JSON.parse((await http1({ path: `${MAPS}?limit=1&continue=${continueAt(1)}` })).text) as List;
    const rest = await namesOf({ path: `${MAPS}?continue=${refused.metadata.continue}` });
    expect([first, rest]).toEqual(['kube-root-ca.crt', { names: others, continue: undefined }]);
    // Inconsistent: it says no revision of its own, and the list has that of now.
    const { rv } = JSON.parse(Buffer.from(refused.metadata.continue!, 'base64url').toString()) as { rv: number };
    expect(rv).toBe(-1);
  });

  it('ends kubectl --chunk-size in the middle of a list with the words of the API, and serves its next try', async () => {
    const names = (await namesOf({ path: MAPS })).names.map((name) => `configmap/${name}\n`).join('');
    const kubectl = new Kubectl(server.kubeconfig);
    expect(await kubectl.ok('get configmaps -o name --chunk-size=1')).toBe(names);
    // On the way of the second request its revision grows old.
    const { proxy, asked } = await expiring();
    const line = `get configmaps -o name --chunk-size=1 --server=http://127.0.0.1:${proxy.port}/sandboxes/default`;
    const refused = await kubectl.refused(line);
    expect(refused).toContain('The provided continue parameter is too old to display a consistent list result');
    expect(asked.filter((url) => url.includes('continue='))).toHaveLength(1);
    expect(await kubectl.ok('get configmaps -o name --chunk-size=500')).toBe(names);
    proxy.close();
  });

  it('429 to whoever has too much under way, in plain text; to others, and the exempt, nothing changes', async () => {
    const may = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'kim' } };
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'kim' }];
    const bind = post('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', { ...may, roleRef, subjects });
    expect((await http1(bind)).status).toBe(201);
    const asKim: Sent = {
      method: 'POST',
      path: MAPS,
      headers: { 'impersonate-user': 'kim', 'content-type': 'application/json' },
    };
    const open = await openHttp2(server);
    const { path, headers } = placed(asKim);
    // Bodies that do not come hold their places: all that a cluster has for writes.
    const held = Array.from({ length: 200 }, () => open.request({ ':method': 'POST', ':path': path, ...headers }));
    held.forEach((stream) => stream.on('error', () => undefined).write('{'));
    const refused = await eventually(
      () => http1({ ...asKim, body: '{}' }),
      ({ status }) => status === 429,
    );
    expect(refused).toMatchObject({
      text: 'Too many requests, please try again later.\n',
      headers: { 'retry-after': '1' },
    });
    expect(refused.headers['content-type']).toContain('text/plain');
    expect((await http1({ path: MAPS, headers: { 'impersonate-user': 'kim' } })).status).toBe(200);
    expect((await http1(post(MAPS, map('exempt')))).status).toBe(201);
    open.destroy();
    await eventually(
      () => http1({ ...asKim, body: JSON.stringify(map('kims')) }),
      ({ status }) => status === 201,
    );
  });

  it('warns of unknown and duplicate fields unless told to ignore them', async () => {
    const body = '{"metadata":{"name":"warned","labls":{}},"data":{"k":"1","k":"2"},"nope":1}';
    const warned = (await http1(post(`${MAPS}?dryRun=All`, body))).headers.warning;
    for (const text of [
      'unknown field \\"metadata.labls\\"',
      'unknown field \\"nope\\"',
      'duplicate field \\"data.k\\"',
    ]) {
      expect(String(warned)).toContain(text);
    }
    expect((await http1(post(`${MAPS}?dryRun=All&fieldValidation=Ignore`, body))).headers.warning).toBeUndefined();
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
