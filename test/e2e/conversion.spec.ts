import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, Kubectl } from './support/kubectl.js';
import { ServerProcess } from './support/server-process.js';
import { type Converted, type Verdict, WebhookServer } from './support/webhook-server.js';

const GROUP = 'stable.example.com';
const CRD = `crontabs.${GROUP}`;

/** v1 has spec.hostPort 'name:port', v2 has them apart, as in the documentation. */
function converted(one: Converted, apiVersion: string): Converted {
  const { hostPort = '', host, port } = one.spec;
  const [first = '', second = ''] = hostPort.split(':');
  const spec: Record<string, string> = apiVersion.endsWith('/v1')
    ? { hostPort: `${host}:${port}` }
    : { host: first, port: second };
  return { ...one, apiVersion, spec };
}

type Change = (object: Converted) => unknown;
const answering =
  (change: Change): Verdict =>
  ({ objects, desiredAPIVersion }) => ({
    result: { status: 'Success' },
    convertedObjects: objects.map((one) => change(converted(one, desiredAPIVersion))),
  });

const VERDICTS: Readonly<Record<string, Verdict>> = {
  '/convert': answering((one) => one),
  '/refuse': () => ({ result: { status: 'Failed', message: 'not today' } }),
  '/silent': () => ({ result: { status: 'Failed' } }),
  '/stranger': () => ({ uid: 'another' }),
  '/few': () => ({ result: { status: 'Success' }, convertedObjects: [] }),
  '/rename': answering((one) => ({ ...one, metadata: { ...one.metadata, name: 'renamed' } })),
  '/uid': answering((one) => ({ ...one, metadata: { ...one.metadata, uid: 'other' } })),
  '/version': answering((one) => ({ ...one, apiVersion: `${GROUP}/v3` })),
  '/metadata': answering((one) => ({
    ...one,
    metadata: { ...one.metadata, labels: { by: 'webhook' }, finalizers: ['example.com/x'] },
  })),
};

const strings = (...fields: string[]) => ({
  openAPIV3Schema: {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: Object.fromEntries(fields.map((field) => [field, { type: 'string' }])) },
    },
  },
});

describe('a definition with a conversion webhook', () => {
  let server: ServerProcess;
  let kubectl: Kubectl;
  let hooks: WebhookServer;

  const define = async (path: string, url = hooks.url(path)) => {
    const webhook = { clientConfig: { url, caBundle: hooks.caBundle }, conversionReviewVersions: ['v1'] };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: CRD },
      spec: {
        group: GROUP,
        scope: 'Namespaced',
        names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', shortNames: ['ct'] },
        conversion: { strategy: 'Webhook', webhook },
        versions: [
          { name: 'v1', served: true, storage: false, schema: strings('hostPort') },
          { name: 'v2', served: true, storage: true, schema: strings('host', 'port') },
        ],
      },
    };
    await kubectl.ok('apply -f -', JSON.stringify(definition));
    await kubectl.ok(`wait --for=condition=established crd/${CRD}`);
  };
  const v1 = (name: string, hostPort: string) =>
    JSON.stringify({ apiVersion: `${GROUP}/v1`, kind: 'CronTab', metadata: { name }, spec: { hostPort } });
  const v2 = (name: string, host: string, port: string) =>
    JSON.stringify({ apiVersion: `${GROUP}/v2`, kind: 'CronTab', metadata: { name }, spec: { host, port } });
  const get = (version: string, name: string, field: string) =>
    kubectl.ok(`get crontabs.${version}.${GROUP} ${name} -o jsonpath={${field}}`);

  beforeAll(async () => {
    hooks = await WebhookServer.start(VERDICTS);
    server = await ServerProcess.start({ SANDKUBE_WEBHOOK_ALLOW: '127.0.0.0/8' });
    kubectl = new Kubectl(server.kubeconfig);
  });
  afterAll(async () => {
    await hooks.stop();
    await server.dispose();
  });
  beforeEach(() => define('/convert'));

  it('serves what is written in one version in the other', async () => {
    expect(await kubectl.ok('apply -f -', v1('one', 'a:1'))).toBe(`crontab.${GROUP}/one created\n`);
    expect(await get('v2', 'one', '.spec')).toBe('{"host":"a","port":"1"}');
    expect(await get('v1', 'one', '.spec')).toBe('{"hostPort":"a:1"}');
    expect(await kubectl.ok('apply -f -', v2('one', 'b', '2'))).toBe(`crontab.${GROUP}/one configured\n`);
    expect(await get('v1', 'one', '.spec')).toBe('{"hostPort":"b:2"}');
    await kubectl.ok('apply -f -', v2('two', 'c', '3'));
    const list = `get crontabs.v1.${GROUP} -o jsonpath={.items[*].spec.hostPort}`;
    expect(await kubectl.ok(list)).toBe('b:2 c:3');
    const patch = ['patch', `crontabs.v1.${GROUP}`, 'two', '--type=merge', '-p', '{"spec":{"hostPort":"d:4"}}'];
    expect((await kubectl.run(patch)).stderr).toBe('');
    expect(await get('v2', 'two', '.spec')).toBe('{"host":"d","port":"4"}');
  });

  it('shows watchers each change in the version that they watch', async () => {
    const line = `get crontabs.v1.${GROUP} --watch -o jsonpath={.metadata.name}={.spec.hostPort}|`;
    const watch = kubectl.background(line);
    try {
      await kubectl.ok('apply -f -', v2('seen', 'a', '1'));
      await kubectl.ok('apply -f -', v2('seen', 'a', '2'));
      const text = await eventually(watch.text, (seen) => seen.includes('seen=a:2'));
      expect(text.indexOf('seen=a:1')).toBeLessThan(text.indexOf('seen=a:2'));
    } finally {
      watch.child.kill();
    }
  });

  it('tells owners of fields apart across versions', async () => {
    const apply = (manager: string, body: string) =>
      kubectl.run(['apply', '--server-side', '--field-manager', manager, '-f', '-'], body);
    expect((await apply('eve', v2('owned', 'a', '1'))).stderr).toBe('');
    // Conflicts are told in the version of the one who owns the field.
    expect((await apply('bob', v1('owned', 'b:1'))).stderr).toContain('1 conflict: conflict with "eve": .spec.host\n');
    expect((await apply('bob', v1('owned', 'a:1'))).stderr).toBe('');
  });

  it('may change labels and annotations, and nothing else of metadata', async () => {
    await kubectl.ok('apply -f -', v2('marked', 'a', '1'));
    await define('/metadata');
    expect(await get('v1', 'marked', '.metadata.labels')).toBe('{"by":"webhook"}');
    expect(await get('v1', 'marked', '.metadata.finalizers')).toBe('');
  });

  const about = `conversion webhook for ${GROUP}/v2, Kind=CronTab`;
  it.each([
    ['/refuse', `${about} failed: not today`],
    ['/silent', `${about} failed: response.result.status was 'Failed', not 'Success'`],
    ['/stranger', `${about} failed: expected response.uid="`],
    ['/few', `${about} returned 0 objects, expected 1`],
    ['/rename', `${about} returned invalid object: must have the same name: failing != renamed`],
    ['/uid', `${about} returned invalid object: must have the same UID: `],
    [
      '/version',
      `${about} returned invalid object at index 0: invalid groupVersion (expected ${GROUP}/v1, received ${GROUP}/v3)`,
    ],
    ['/unknown', `${about} failed: the server could not find the requested resource`],
  ])('that fails by %s is told so, and the stored version stays', async (path, message) => {
    await kubectl.ok('apply -f -', v2('failing', 'a', '1'));
    await define(path);
    expect(await kubectl.refused(`get crontabs.v1.${GROUP} failing`)).toContain(`Error from server: ${message}`);
    expect(await get('v2', 'failing', '.spec.host')).toBe('a');
    const created = await kubectl.refused('create -f -', v1(`new${path.slice(1)}`, 'a:1'));
    expect(created).toContain(
      `Error from server: error when creating "STDIN": conversion webhook for ${GROUP}/v1, Kind=CronTab`,
    );
  });

  it('that nobody answers for is an error of the call', async () => {
    await kubectl.ok('apply -f -', v2('failing', 'a', '1'));
    await define('/convert', 'https://127.0.0.1:1/convert');
    expect(await kubectl.refused(`get crontabs.v1.${GROUP} failing`)).toBe(
      `Error from server: ${about} failed: Post "https://127.0.0.1:1/convert?timeout=30s": dial tcp 127.0.0.1:1: connect: connection refused\n`,
    );
  });
});
