import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { parse } from 'yaml';
import { eventually, Kubectl } from './support/kubectl.js';
import { ServerProcess } from './support/server-process.js';

interface Answer {
  data?: unknown;
  errors?: { message: string; extensions: { code: number | string; reason?: string } }[];
}

const SANDBOX = '/sandboxes/default/graphql';
const MADE =
  'mutation { coreV1 { createConfigMap(namespace: "default", object: {metadata: {name: "made"}, data: {a: "1"}}) { metadata { name } } } }';
const CHANGED =
  'mutation { coreV1 { patchConfigMap(namespace: "default", name: "made", type: merge, patch: {data: {a: "2"}}) { data } } }';
const GONE = 'mutation { coreV1 { deleteConfigMap(namespace: "default", name: "made") { status } } }';

describe('GraphQL', () => {
  let server: ServerProcess;
  let kubectl: Kubectl;
  beforeAll(async () => {
    server = await ServerProcess.start();
    kubectl = new Kubectl(server.kubeconfig);
  });
  afterAll(() => server.dispose());

  const tokenOf = (context: string): string => {
    const { users } = parse(readFileSync(server.kubeconfig, 'utf8')) as {
      users: { name: string; user: { token: string } }[];
    };
    return users.find(({ name }) => name === `kubernetes-admin@${context}`)!.user.token;
  };
  const ask = async (query: string, token?: string, path = SANDBOX): Promise<Answer & { status: number }> => {
    const response = await fetch(`http://127.0.0.1:${server.httpPort}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query }),
    });
    return { ...((await response.json()) as Answer), status: response.status };
  };

  it('answers with objects and what they are related to', async () => {
    await kubectl.ok('create deployment web --image=nginx');
    await kubectl.ok('rollout status deployment/web');
    const { data, errors } = await ask(
      '{ coreV1 { pods(namespace: "default", labelSelector: "app=web") { items { status { phase } node { metadata { name } } owner { kind } } } } }',
      tokenOf('default'),
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      coreV1: {
        pods: {
          items: [
            {
              status: { phase: 'Running' },
              node: { metadata: { name: expect.stringMatching(/^node0[12]$/) } },
              owner: { kind: 'ReplicaSet' },
            },
          ],
        },
      },
    });
  });

  it('looks into sandboxes from the host', async () => {
    const { data } = await ask(
      '{ sandkubeV1alpha1 { sandboxes { items { metadata { name } cluster { coreV1 { nodes { items { metadata { name } } } } } } } } }',
      tokenOf('host'),
      '/graphql',
    );
    expect(JSON.stringify(data)).toContain('"name":"default"');
    expect(JSON.stringify(data)).toContain('"name":"node02"');
  });

  it('tells a subscriber each change once, as REST and mutations make them', async () => {
    const client = createClient({
      url: `ws://127.0.0.1:${server.httpPort}${SANDBOX}`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${tokenOf('default')}` },
    });
    const seen: string[] = [];
    const stop = client.subscribe<{
      coreV1ConfigMaps: { type: string; object: { metadata: { name: string } } | null };
    }>(
      { query: 'subscription { coreV1ConfigMaps(namespace: "default") { type object { metadata { name } } } }' },
      {
        next: ({ data }) =>
          void seen.push(`${data?.coreV1ConfigMaps.type} ${data?.coreV1ConfigMaps.object?.metadata.name ?? ''}`.trim()),
        error: () => {},
        complete: () => {},
      },
    );
    await eventually(
      () => seen,
      (all) => all.includes('BOOKMARK'),
    );
    for (const mutation of [MADE, CHANGED, GONE])
      expect((await ask(mutation, tokenOf('default'))).errors).toBeUndefined();
    await eventually(
      () => seen,
      (all) => all.includes('DELETED made'),
    );
    stop();
    await client.dispose();
    expect(seen.filter((line) => line.endsWith(' made'))).toEqual(['ADDED made', 'MODIFIED made', 'DELETED made']);
  });

  it('refuses as REST does', async () => {
    const query = '{ coreV1 { pods(namespace: "default") { items { metadata { name } } } } }';
    expect((await ask(query, 'garbage')).status).toBe(401);
    expect((await ask(query, tokenOf('host'))).status).toBe(401);
    const account = (await kubectl.ok('create token default')).trim();
    for (const token of [undefined, account]) {
      const { errors } = await ask(query, token);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 403, reason: 'Forbidden' });
      expect(errors?.[0]?.message).toMatch(/cannot list resource "pods"/);
    }
  });

  it('gives browsers a page whose every part comes from here', async () => {
    const page = await fetch(`http://127.0.0.1:${server.httpPort}${SANDBOX}`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'|default-src 'self'/);
    const parts = [...(await page.text()).matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map((match) => match[1]!);
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) {
      const url = new URL(part, page.url);
      expect(url.host).toBe(`127.0.0.1:${server.httpPort}`);
      expect((await fetch(url)).status).toBe(200);
    }
  });
});
