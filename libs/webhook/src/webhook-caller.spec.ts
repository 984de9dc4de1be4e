import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type SandboxId, sandboxId, systemClock } from '#base';
import type { KubeObject } from '#apimachinery';
import type { Kind } from '#kinds';
import { aWebhookServer, FakeClock, type WebhookServer } from '#testing';
import { AddressPolicy } from './address-policy.js';
import type { ServiceReads } from './service-endpoint.js';
import {
  type WebhookCall,
  WebhookCaller,
  type WebhookCallerOptions,
  type WebhookClientConfig,
} from './webhook-caller.js';

const A = sandboxId('a') as SandboxId;
const B = sandboxId('b') as SandboxId;
const LOOPBACK = AddressPolicy.parse('127.0.0.0/8') as AddressPolicy;
const ENDS: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ENDS.splice(0)) await end();
});

function readsOf(objects: readonly object[] = []): ServiceReads {
  const of = (kind: { kind: string }) =>
    objects.filter((one) => (one as KubeObject).kind === kind.kind) as KubeObject[];
  return {
    get: async <T extends KubeObject>(kind: Kind<T>, _namespace: string, name: string) =>
      of(kind).find((one) => one.metadata.name === name) as T | undefined,
    list: async <T extends KubeObject>(kind: Kind<T>) => of(kind) as unknown as readonly T[],
  };
}

function aCaller(options: Partial<WebhookCallerOptions> = {}): WebhookCaller {
  const resolve = async (host: string) => [host === 'localhost' ? '127.0.0.1' : host];
  const caller = new WebhookCaller({ clock: systemClock, policy: LOOPBACK, resolve, ...options });
  ENDS.push(() => caller.close());
  return caller;
}

async function aServer(...args: Parameters<typeof aWebhookServer>): Promise<WebhookServer> {
  const server = await aWebhookServer(...args);
  ENDS.push(() => server.close());
  return server;
}

const call = (client: WebhookClientConfig, more: Partial<WebhookCall> = {}): WebhookCall => ({
  client,
  services: readsOf(),
  body: { ask: 1 },
  timeoutMs: 10_000,
  ...more,
});
const at = ({ port, caBundle }: WebhookServer, path = '', host = '127.0.0.1'): WebhookClientConfig => ({
  url: `https://${host}:${port}${path}`,
  caBundle,
});

describe('WebhookCaller', () => {
  it('posts JSON, says how long it waits, and gives the answer', async () => {
    const server = await aServer(() => ({ json: { answer: 2 } }));
    expect(await aCaller().call(A, call(at(server, '/mutate'), { timeoutMs: 3_000 }))).toEqual({ answer: 2 });
    const [received] = server.received;
    expect(received).toMatchObject({
      path: '/mutate?timeout=3s',
      body: { ask: 1 },
      headers: { 'content-type': 'application/json', host: `127.0.0.1:${server.port}` },
    });
  });

  it('asks a name by its name, at the address that was judged', async () => {
    const server = await aServer(() => ({ json: 'here' }), { names: ['hook.example'] });
    const asked: string[] = [];
    const resolve = async (host: string) => (asked.push(host), ['127.0.0.1']);
    expect(await aCaller({ resolve }).call(A, call(at(server, '/', 'hook.example')))).toBe('here');
    expect(asked).toEqual(['hook.example']);
  });

  it('uses a connection again', async () => {
    const server = await aServer(() => ({ json: 1 }));
    const caller = aCaller();
    for (let i = 0; i < 3; i++) await caller.call(A, call(at(server)));
    expect(server.connections).toBe(1);
  });

  it.each<[string, Parameters<typeof aWebhookServer>[0], string]>([
    [
      'a redirect',
      () => ({ code: 302, headers: { location: 'https://169.254.169.254/' } }),
      'the server responded with the status code 302 but did not return more information',
    ],
    [
      'a lasting redirect',
      () => ({ code: 308, headers: { location: '/elsewhere' } }),
      'the server responded with the status code 308 but did not return more information',
    ],
    [
      'a failure in words',
      () => ({ code: 500, raw: 'boom\n', headers: { 'content-type': 'text/plain' } }),
      'an error on the server ("boom") has prevented the request from succeeding',
    ],
    [
      'a failure in JSON',
      () => ({ code: 500, json: {} }),
      'an error on the server ("unknown") has prevented the request from succeeding',
    ],
    ['no such path', () => ({ code: 404, raw: '' }), 'the server could not find the requested resource'],
    [
      'no JSON',
      () => ({ raw: 'hello' }),
      "couldn't get version/kind; json parse error: invalid character 'h' looking for beginning of value",
    ],
    ['nothing', () => ({ raw: '' }), "couldn't get version/kind; json parse error: unexpected end of JSON input"],
  ])('fails on %s', async (_what, reply, message) => {
    const server = await aServer(reply);
    await expect(aCaller().call(A, call(at(server)))).rejects.toThrow(message);
    expect(server.received).toHaveLength(1);
  });

  it('reads no more than 3 MB', async () => {
    const server = await aServer(() => ({ raw: Buffer.alloc(4 * 1024 * 1024, 0x20) }));
    await expect(aCaller().call(A, call(at(server)))).rejects.toThrow('the answer is larger than 3145728 bytes');
  });

  it.each([['nobody listens', (url: string) => ({ url }), 'dial tcp 127.0.0.1:PORT: connect: connection refused']])(
    'says it as Go does when %s',
    async (_what, client, message) => {
      const server = await aServer(() => ({ json: 1 }));
      await server.close();
      const url = `https://127.0.0.1:${server.port}`;
      await expect(aCaller().call(A, call(client(url)))).rejects.toThrow(
        `Post "${url}/?timeout=10s": ${message.replace('PORT', String(server.port))}`,
      );
    },
  );

  it('trusts only the given authority, or without one the platform', async () => {
    const server = await aServer(() => ({ json: 1 }));
    const other = await aServer(() => ({ json: 1 }));
    const unknown = `Post "https://127.0.0.1:${server.port}/?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority`;
    for (const caBundle of [other.caBundle, '', Buffer.from('nonsense').toString('base64')]) {
      await expect(aCaller().call(A, call({ ...at(server), caBundle }))).rejects.toThrow(unknown);
    }
    expect(server.received).toEqual([]);
  });

  it('compares the certificate with the host that was asked for', async () => {
    const server = await aServer(() => ({ json: 1 }), { names: ['hook.example'] });
    await expect(aCaller().call(A, call(at(server)))).rejects.toThrow(
      "x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
    );
    await expect(aCaller().call(A, call(at(server, '', 'localhost')))).rejects.toThrow(
      'x509: certificate is valid for hook.example, not localhost',
    );
  });

  it('knows a server that speaks no TLS', async () => {
    const plain = await plainServer();
    await expect(aCaller().call(A, call({ url: `https://127.0.0.1:${plain}` }))).rejects.toThrow(
      'http: server gave HTTP response to HTTPS client',
    );
  });

  it('connects to nothing private, whatever one of the name’s addresses says', async () => {
    const server = await aServer(() => ({ json: 1 }));
    const strict = { policy: new AddressPolicy() };
    await expect(aCaller(strict).call(A, call(at(server)))).rejects.toThrow('address of 127.0.0.1 is not allowed');
    const rebound = { ...strict, resolve: async () => ['203.0.114.7', '127.0.0.1'] };
    const refused = aCaller(rebound).call(A, call(at(server, '', 'rebind.example')));
    await expect(refused).rejects.toThrow('address of rebind.example is not allowed');
    await expect(refused).rejects.not.toThrow('127.0.0.1');
    expect(server.received).toEqual([]);
  });

  it('says when a name has no address', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    await expect(aCaller({ resolve }).call(A, call({ url: 'https://hook.example' }))).rejects.toThrow(
      'Post "https://hook.example/?timeout=10s": dial tcp: lookup hook.example: no such host',
    );
  });

  it('ends with its deadline, also while a name is looked up', async () => {
    const clock = new FakeClock();
    const server = await aServer(() => ({ hang: true }));
    for (const resolve of [async (host: string) => [host], () => new Promise<string[]>(() => {})]) {
      const pending = aCaller({ clock, resolve }).call(A, call(at(server), { timeoutMs: 2_000 }));
      const settled = pending.catch((error: Error) => error.message);
      await clock.advance(2_000);
      expect(await settled).toBe(`Post "https://127.0.0.1:${server.port}/?timeout=2s": context deadline exceeded`);
      expect(clock.pendingTimers).toBe(0);
    }
  });

  it('lets a dead webhook of one sandbox hold up nobody else', async () => {
    const clock = new FakeClock();
    const server = await aServer((_body, path) => (path.startsWith('/dead') ? { hang: true } : { json: 'alive' }));
    const caller = aCaller({ clock });
    const dead = Array.from({ length: 600 }, () => caller.call(A, call(at(server, '/dead'))));
    const ends = Promise.allSettled(dead);
    expect(await caller.call(B, call(at(server, '/fine')))).toBe('alive');
    expect(server.received.length).toBeLessThanOrEqual(33);
    await clock.advance(10_000);
    const messages = (await ends).map((end) => String((end as PromiseRejectedResult).reason));
    expect(messages.filter((text) => text.includes('context deadline exceeded'))).toHaveLength(32 + 512);
    expect(messages.filter((text) => text.includes('too many calls are waiting'))).toHaveLength(56);
  });

  const service = (spec: object) => ({ kind: 'Service', metadata: { name: 'hook', namespace: 'default' }, spec });
  const slice = {
    kind: 'EndpointSlice',
    metadata: { name: 'hook-x', namespace: 'default', labels: { 'kubernetes.io/service-name': 'hook' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.1.5'], conditions: { ready: true } }],
    ports: [{ name: '', port: 8443 }],
  };
  it.each<[string, object[], string]>([
    ['is not there', [], 'service "hook" not found'],
    ['has other ports', [service({ ports: [{ port: 80 }] })], 'no service port 443 found for service "hook"'],
    [
      'is a name elsewhere',
      [service({ type: 'ExternalName', ports: [{ port: 443 }] })],
      'unsupported service type "ExternalName"',
    ],
    ['has no endpoints', [service({ ports: [{ port: 443 }] })], 'no endpoints available for service "hook"'],
    [
      'has no ready endpoint',
      [
        service({ ports: [{ port: 443 }] }),
        { ...slice, endpoints: [{ addresses: ['10.244.1.5'], conditions: { ready: false } }] },
      ],
      'no endpoints available for service "hook"',
    ],
    [
      'leads to a pod',
      [service({ ports: [{ port: 443 }] }), slice],
      'dial tcp 10.244.1.5:8443: connect: connection refused',
    ],
  ])('answers for a service that %s', async (_what, objects, message) => {
    const client = { service: { namespace: 'default', name: 'hook', path: '/v' } };
    await expect(aCaller().call(A, call(client, { services: readsOf(objects), timeoutMs: 5_000 }))).rejects.toThrow(
      `Post "https://hook.default.svc:443/v?timeout=5s": ${message}`,
    );
  });
});

async function plainServer(): Promise<number> {
  const server: Server = createServer((socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n').on('error', () => {}));
  ENDS.push(() => server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}
