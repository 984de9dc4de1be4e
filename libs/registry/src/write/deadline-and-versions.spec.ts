import { describe, expect, it } from '@jest/globals';
import { systemClock } from '#base';
import type { Json, KubeObject } from '#apimachinery';
import { cronTabDefinition, define, GROUP as CRON } from '../spec-definition.js';
import {
  answering,
  type AdmissionReview,
  aWebPod,
  cluster,
  configure,
  GROUP,
  patchOf,
  reviews,
  server,
  useWebhooks,
} from './spec-webhooks.js';

useWebhooks();

describe('one request', () => {
  const createPod = (endMs: number) =>
    cluster.verbs.create({ ...cluster.ctx(), endMs }, cluster.target('pods'), { object: aWebPod() }, {});
  const LATE = {
    code: 504,
    reason: 'Timeout',
    message: 'Timeout: request did not complete within requested timeout - context deadline exceeded',
  };

  it.each(['Fail', 'Ignore'])('waits no longer than its client, whatever webhooks take (%s)', async (failurePolicy) => {
    server.reply = () => ({ hang: true });
    await configure('validating', 'a', { failurePolicy, timeoutSeconds: 30 });
    const startedMs = systemClock.monotonicMs();
    await expect(createPod(startedMs + 400)).rejects.toMatchObject(LATE);
    expect(systemClock.monotonicMs() - startedMs).toBeLessThan(5_000);
    expect(server.received[0]!.path).toContain('?timeout=1s');
  });

  it('has that time for all webhooks together', async () => {
    server.reply = () => ({ hang: true });
    await configure('mutating', 'a', { failurePolicy: 'Ignore', timeoutSeconds: 30 }, { name: 'b.example.com' });
    await expect(createPod(systemClock.monotonicMs() + 400)).rejects.toMatchObject(LATE);
    expect(server.received).toHaveLength(1);
  });
});

interface Asked {
  readonly uid: string;
  readonly objects: readonly (KubeObject & { spec: { host?: string; name?: string } })[];
  readonly desiredAPIVersion: string;
}

const fields = (...names: string[]) => ({
  openAPIV3Schema: {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) },
    },
  },
});

/** v1 calls host what v2 calls name. */
function converted({ uid, objects, desiredAPIVersion }: Asked): Json {
  const convertedObjects = objects.map((one) => {
    const text = one.spec.host ?? one.spec.name ?? '';
    const spec = desiredAPIVersion.endsWith('/v1') ? { host: text } : { name: text };
    return { ...one, apiVersion: desiredAPIVersion, spec };
  });
  return { uid, result: { status: 'Success' }, convertedObjects } as unknown as Json;
}

describe('an object of a definition with a conversion webhook', () => {
  const rule = { operations: ['*'], apiGroups: [CRON], apiVersions: ['v1'], resources: ['crontabs'] };

  const defined = async () => {
    const clientConfig = { url: `https://127.0.0.1:${server.port}/convert`, caBundle: server.caBundle };
    const conversion = { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions: ['v1'] } };
    const versions = [
      { name: 'v1', served: true, storage: false, schema: fields('host') },
      { name: 'v2', served: true, storage: true, schema: fields('name') },
    ];
    await define(cluster, cronTabDefinition({}, { conversion, versions }));
    const admit = server.reply;
    server.reply = ((body: AdmissionReview & { request: Asked }, path: string) => {
      if (!path.startsWith('/convert')) return admit(body as never, path);
      return { json: { apiVersion: body.apiVersion, kind: 'ConversionReview', response: converted(body.request) } };
    }) as typeof server.reply;
  };
  const target = () => ({ kind: cluster.ctx().kinds.byResource(CRON, 'v2', 'crontabs')!, namespace: 'default' });
  const create = async (name: string) => {
    const object = { apiVersion: `${CRON}/v2`, kind: 'CronTab', metadata: { name: 'one' }, spec: { name } };
    return (await cluster.verbs.create(cluster.ctx(), target(), { object }, {})).object() as KubeObject & {
      spec: object;
    };
  };

  it('is shown to webhooks in the version that they name, and taken back from it', async () => {
    answering(() => patchOf({ op: 'replace', path: '/spec/host', value: 'changed' }));
    await defined();
    await configure('mutating', 'old', { rules: [rule] });
    expect((await create('a')).spec).toEqual({ name: 'changed' });
    const review = reviews().find(({ apiVersion }) => apiVersion.startsWith('admission'));
    expect(review?.request).toMatchObject({
      kind: { version: 'v1', kind: 'CronTab' },
      requestKind: { version: 'v2', kind: 'CronTab' },
      object: { apiVersion: `${CRON}/v1`, spec: { host: 'a' } },
    });
  });

  it('is shown to policies in the version that they name', async () => {
    answering(() => ({}));
    await defined();
    const validations = [{ expression: "object.spec.host != 'bad'" }];
    const matchConstraints = { resourceRules: [rule], matchPolicy: 'Equivalent' };
    await cluster.create(
      'validatingadmissionpolicies',
      { metadata: { name: 'host' }, spec: { matchConstraints, validations } },
      GROUP,
    );
    const binding = { metadata: { name: 'host' }, spec: { policyName: 'host', validationActions: ['Deny'] } };
    await cluster.create('validatingadmissionpolicybindings', binding, GROUP);
    await expect(create('bad')).rejects.toThrow(`failed expression: object.spec.host != 'bad'`);
    await expect(create('good')).resolves.toMatchObject({ spec: { name: 'good' } });
  });

  it('is not admitted when it cannot be converted', async () => {
    answering(() => ({}));
    await defined();
    await configure('validating', 'old', { rules: [rule] });
    server.reply = () => ({ code: 500, raw: 'down', headers: { 'content-type': 'text/plain' } });
    await expect(create('a')).rejects.toMatchObject({
      code: 500,
      message: expect.stringMatching(
        /^Internal error occurred: Internal error occurred: conversion webhook for stable.example.com\/v2, Kind=CronTab failed: /,
      ),
    });
  });
});
