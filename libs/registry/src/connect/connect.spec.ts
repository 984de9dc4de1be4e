import { beforeEach, describe, expect, it } from '@jest/globals';
import type { UserInfo } from '#auth';
import { ADMIN } from '../spec-cluster.js';
import {
  answering,
  authorizing,
  aWebPod,
  cluster,
  configure,
  GROUP,
  labelled,
  patchOf,
  POD_RULE,
  reviews,
  useWebhooks,
} from '../write/spec-webhooks.js';

useWebhooks();

const NODE = { metadata: { name: 'node01' }, status: { addresses: [{ type: 'InternalIP', address: '10.0.0.7' }] } };

beforeEach(async () => {
  await cluster.create('nodes', { metadata: NODE.metadata });
  const node = cluster.target('nodes', 'node01', { subresource: 'status' });
  await cluster.verbs.patch(cluster.ctx(), node, 'merge', { object: { status: NODE.status } }, {});
  await cluster.create('pods', { ...aWebPod(), spec: { ...aWebPod().spec, nodeName: 'node01' } });
});

interface Asked {
  readonly resource?: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly query?: string;
  readonly path?: string;
  readonly verb?: string;
  readonly user?: UserInfo;
}

const connect = ({ resource = 'pods', name = 'web', subresource = 'exec', ...asked }: Asked = {}) => {
  const query = new URLSearchParams(asked.query);
  return cluster.verbs.connect(
    cluster.ctx(asked.user),
    cluster.target(resource, name, { subresource }),
    asked.verb ?? 'create',
    { parameters: (field) => query.getAll(field), path: asked.path ?? '' },
  );
};
const seen = () => reviews().at(-1)?.request;
const rule = (resource: string) => ({ ...POD_RULE, operations: ['CONNECT'], resources: [resource] });

describe('a connection', () => {
  it.each<[string, Asked, object]>([
    [
      'exec',
      { query: 'container=app&command=sh&command=-c&stdin=true&stdout=1&stderr=false&tty=' },
      { kind: 'PodExecOptions', container: 'app', command: ['sh', '-c'], stdin: true, stdout: true, tty: true },
    ],
    ['attach', { query: 'stdout=true' }, { kind: 'PodAttachOptions', stdout: true }],
    ['portforward', { query: 'ports=80,81&ports=82' }, { kind: 'PodPortForwardOptions', ports: [80, 81, 82] }],
  ])('is shown to webhooks with the options of %s', async (subresource, asked, { ...object }) => {
    answering(() => ({}));
    await configure('validating', 'all', { rules: [rule(`pods/${subresource}`)] });
    await expect(connect({ ...asked, subresource })).resolves.toEqual({ address: '10.0.0.7:10250', streams: true });
    const { kind } = object as { kind: string };
    expect(seen()).toMatchObject({
      operation: 'CONNECT',
      name: 'web',
      namespace: 'default',
      kind: { group: '', version: 'v1', kind },
      resource: { group: '', version: 'v1', resource: 'pods' },
      subResource: subresource,
      requestSubResource: subresource,
      oldObject: null,
      options: null,
      dryRun: false,
    });
    expect(seen()!.object).toEqual({ ...object, apiVersion: 'v1' });
  });

  it('through a proxy carries its path', async () => {
    answering(() => ({}));
    await configure('validating', 'all', { rules: [rule('nodes/proxy')] });
    const asked = { resource: 'nodes', name: 'node01', subresource: 'proxy', path: '/stats/summary', verb: 'get' };
    await expect(connect(asked)).resolves.toEqual({ address: '10.0.0.7:10250', streams: false });
    expect(seen()!.object).toEqual({ kind: 'NodeProxyOptions', apiVersion: 'v1', path: '/stats/summary' });
  });

  it('can be refused by webhook and by policy', async () => {
    answering(() => ({ allowed: false, status: { code: 403, message: 'no shells here' } }));
    await configure('validating', 'all', { rules: [rule('pods/exec')] });
    await expect(connect()).rejects.toMatchObject({
      code: 403,
      message: 'admission webhook "hook.example.com" denied the request: no shells here',
    });
    const matchConstraints = { resourceRules: [rule('pods/attach')] };
    const validations = [{ expression: '!object.stdin', message: 'look, do not type' }];
    const policy = { metadata: { name: 'quiet' }, spec: { matchConstraints, validations } };
    await cluster.create('validatingadmissionpolicies', policy, GROUP);
    const binding = { metadata: { name: 'quiet' }, spec: { policyName: 'quiet', validationActions: ['Deny'] } };
    await cluster.create('validatingadmissionpolicybindings', binding, GROUP);
    await expect(connect({ subresource: 'attach', query: 'stdin=true' })).rejects.toThrow('look, do not type');
  });

  it('can be changed by a mutating webhook', async () => {
    answering(() => patchOf({ op: 'add', path: '/container', value: 'absent' }));
    await configure('mutating', 'all', { rules: [rule('pods/exec')] });
    await expect(connect()).rejects.toMatchObject({ code: 400, message: 'container absent is not valid for pod web' });
  });

  it('has no labels to be selected by', async () => {
    answering(() => patchOf(labelled('a')));
    const objectSelector = { matchLabels: { app: 'web' } };
    await configure('mutating', 'all', { rules: [rule('pods/exec')], objectSelector });
    await connect();
    expect(reviews()).toEqual([]);
  });

  it('by WebSocket needs the right to create', async () => {
    authorizing((_user, attributes) => ({ allowed: attributes.verb === 'get', reason: 'readers only' }));
    const user = { username: 'eve', groups: [] };
    await expect(connect({ verb: 'get', user })).rejects.toMatchObject({
      code: 403,
      message: 'pods "web" is forbidden: readers only',
    });
    await expect(connect({ verb: 'get', user: ADMIN })).resolves.toMatchObject({ streams: true });
  });

  it.each<[string, Asked, number, string]>([
    ['to a pod that is not there', { name: 'absent' }, 404, 'pods "absent" not found'],
    ['with dryRun', { query: 'dryRun=All' }, 400, 'dryRun is not supported'],
    [
      'with ports that are none',
      { subresource: 'portforward', query: 'ports=x' },
      400,
      'strconv.ParseInt: parsing "x": invalid syntax',
    ],
    ['to a pod without an address', { subresource: 'proxy' }, 400, 'address not allowed'],
    [
      'to a node of a wrong name',
      { resource: 'nodes', name: 'a:b:c:d', subresource: 'proxy' },
      400,
      'invalid node request',
    ],
  ])('%s fails', async (_what, asked, code, message) => {
    await expect(connect(asked)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('to a pod that no node has taken, or with several containers, is told so', async () => {
    await cluster.create('pods', { metadata: { name: 'waiting' }, spec: aWebPod().spec });
    await expect(connect({ name: 'waiting' })).rejects.toThrow('pod waiting does not have a host assigned');
    const containers = ['a', 'b'].map((name) => ({ name, image: 'x' }));
    const initContainers = [{ name: 'c', image: 'x' }];
    await cluster.create('pods', { metadata: { name: 'many' }, spec: { containers, initContainers } });
    await expect(connect({ name: 'many' })).rejects.toThrow(
      'a container name must be specified for pod many, choose one of: [a b] or one of the init containers: [c]',
    );
  });

  it('to a service goes to a ready endpoint of its port', async () => {
    const ports = [{ name: 'web', port: 80, targetPort: 8080 }];
    await cluster.create('services', { metadata: { name: 'front' }, spec: { ports, selector: { app: 'web' } } });
    const to = (name: string) => connect({ resource: 'services', name, subresource: 'proxy', verb: 'get' });
    await expect(to('front')).rejects.toMatchObject({
      code: 503,
      message: 'no endpoints available for service "front"',
    });
    await expect(to('front:81')).rejects.toThrow('no service port 81 found for service "front"');
    const slice = {
      metadata: { name: 'front-1', labels: { 'kubernetes.io/service-name': 'front' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.1.0.1'], conditions: { ready: false } }, { addresses: ['10.1.0.2'] }],
      ports: [{ name: 'web', port: 8080, protocol: 'TCP' }],
    };
    await cluster.create('endpointslices', slice, 'discovery.k8s.io');
    await expect(to('http:front:80')).resolves.toMatchObject({ address: '10.1.0.2:8080' });
  });
});
