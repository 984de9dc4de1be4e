import { beforeEach, describe, expect, it } from '@jest/globals';
import { AuditLog, Auditor } from '#audit';
import { StatusError } from '#apimachinery';
import { memoryAuditRows } from '#storage';
import { auditedVerbs } from './audited-verbs.js';
import type { Verbs } from './request.js';
import { ADMIN, aSpecCluster, type SpecCluster } from './spec-cluster.js';

interface Event {
  auditID: string;
  stage: string;
  level: string;
  verb: string;
  requestURI: string;
  user: object;
  objectRef: Record<string, string>;
  responseStatus?: { code: number; reason?: string };
  requestObject?: { metadata?: object; data?: object };
  responseObject?: { kind: string; metadata: { managedFields?: object }; items?: object[] };
  annotations?: Record<string, string>;
  requestReceivedTimestamp: string;
}

let cluster: SpecCluster;
let auditor: Auditor;
let verbs: Verbs;

beforeEach(async () => {
  cluster = await aSpecCluster();
  const log = new AuditLog(memoryAuditRows(), cluster.clock, () => undefined, { eventsMax: 200 });
  auditor = new Auditor(cluster.store, cluster.env, log);
  await auditor.open();
  verbs = auditedVerbs(cluster.verbs, () => auditor);
});

async function policy(rules: string) {
  const data = { 'policy.yaml': `{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [${rules}]}` };
  await cluster.create('configmaps', { metadata: { name: 'audit-policy', namespace: 'kube-system' }, data });
}

async function events(): Promise<Event[]> {
  let text = '';
  for await (const piece of auditor.log.read(cluster.env.id)) text += piece;
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Event);
}

const map = (name: string, data = {}) => ({ object: { metadata: { name }, data } });

describe('auditedVerbs', () => {
  it('says nothing without a policy, and nothing more when it goes', async () => {
    await verbs.create(cluster.ctx(), cluster.target('configmaps'), map('a'), {});
    expect(await events()).toEqual([]);
    await policy('{level: Metadata}');
    await verbs.get(cluster.ctx(), cluster.target('configmaps', 'a'));
    const target = cluster.target('configmaps', 'audit-policy', { namespace: 'kube-system' });
    await cluster.verbs.delete(cluster.ctx(), target, {});
    await verbs.get(cluster.ctx(), cluster.target('configmaps', 'a'));
    expect((await events()).map(({ stage, verb }) => [stage, verb])).toEqual([
      ['RequestReceived', 'get'],
      ['ResponseComplete', 'get'],
    ]);
  });

  it('tells a create whole', async () => {
    await policy('{level: RequestResponse, omitManagedFields: true}');
    await verbs.create(cluster.ctx(), cluster.target('configmaps'), map('a', { k: 'v' }), {});
    const [received, complete] = await events();
    expect(received).not.toHaveProperty('requestObject');
    expect(complete).toMatchObject({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'RequestResponse',
      stage: 'ResponseComplete',
      verb: 'create',
      requestURI: '/api/v1/namespaces/default/configmaps',
      user: { username: ADMIN.username, groups: ADMIN.groups },
      objectRef: { resource: 'configmaps', namespace: 'default', name: 'a', apiVersion: 'v1' },
      responseStatus: { code: 201 },
      requestObject: { metadata: { name: 'a' }, data: { k: 'v' } },
      responseObject: { kind: 'ConfigMap', data: { k: 'v' } },
      annotations: { 'authorization.k8s.io/decision': 'allow' },
    });
    expect(complete!.responseObject!.metadata).not.toHaveProperty('managedFields');
    expect(complete!.auditID).toBe(received!.auditID);
    expect(complete!.requestReceivedTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  it('tells a patch as it was sent, a list with its items, a deletion with its options', async () => {
    await policy('{level: RequestResponse, omitStages: [RequestReceived]}');
    await verbs.create(cluster.ctx(), cluster.target('configmaps'), map('a'), {});
    const patch = { bytes: Buffer.from('{"data":{"k":"v"}}'), format: 'json' as const };
    await verbs.patch(cluster.ctx(), cluster.target('configmaps', 'a'), 'merge', patch, {});
    await verbs.list(cluster.ctx(), cluster.target('configmaps'), {});
    await verbs.delete(cluster.ctx(), cluster.target('configmaps', 'a'), { propagationPolicy: 'Background' });
    const [, patched, listed, deleted] = await events();
    expect(patched!.requestObject).toEqual({ data: { k: 'v' } });
    expect(listed!.responseObject).toMatchObject({ kind: 'ConfigMapList', items: [{ metadata: { name: 'a' } }] });
    expect(deleted!.requestObject).toEqual({
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: 'Background',
    });
  });

  it('tells failures with their Status', async () => {
    await policy('{level: RequestResponse, omitStages: [RequestReceived]}');
    const missing = verbs.get(cluster.ctx(), cluster.target('configmaps', 'none'));
    await expect(missing).rejects.toBeInstanceOf(StatusError);
    expect((await events())[0]).toMatchObject({
      responseStatus: { status: 'Failure', reason: 'NotFound', code: 404 },
      responseObject: { kind: 'Status', code: 404 },
    });
  });

  it('tells what nobody expected as a stage of its own', async () => {
    await policy('{level: Request, omitStages: [RequestReceived]}');
    const broken = { ...cluster.verbs, create: () => Promise.reject(new TypeError('x is undefined')) };
    const create = auditedVerbs(broken, () => auditor).create(
      cluster.ctx(),
      cluster.target('configmaps'),
      map('a'),
      {},
    );
    await expect(create).rejects.toBeInstanceOf(TypeError);
    const told = await events();
    expect(told).toMatchObject([{ stage: 'Panic', responseStatus: { code: 500, reason: 'InternalError' } }]);
    expect(JSON.stringify(told)).not.toContain('undefined');
  });

  it('tells the start and the end of a watch', async () => {
    await policy('{level: Metadata}');
    const receiver = { events: () => undefined, initialEventsEnd: () => undefined, closed: () => undefined };
    const watch = await verbs.watch(cluster.ctx(), cluster.target('configmaps'), {}, receiver);
    watch.cancel();
    watch.cancel();
    expect((await events()).map(({ stage }) => stage)).toEqual([
      'RequestReceived',
      'ResponseStarted',
      'ResponseComplete',
    ]);
  });

  it('keeps secrets out unless they are named', async () => {
    await policy('{level: RequestResponse, omitStages: [RequestReceived]}');
    const secret = { object: { metadata: { name: 's' }, stringData: { k: 'hunter2' } } };
    await verbs.create(cluster.ctx(), cluster.target('secrets'), secret, {});
    await verbs.list(cluster.ctx(), cluster.target('secrets'), {});
    const told = await events();
    expect(told.map(({ level }) => level)).toEqual(['Metadata', 'Metadata']);
    expect(JSON.stringify(told)).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  it('cuts bodies that are too large, and says so', async () => {
    await policy('{level: RequestResponse, omitStages: [RequestReceived]}');
    await verbs.create(cluster.ctx(), cluster.target('configmaps'), map('a', { k: 'x'.repeat(200_000) }), {});
    await verbs.list(cluster.ctx(), cluster.target('configmaps'), {});
    for (const event of await events()) {
      expect(event.annotations).toMatchObject({ 'audit.k8s.io/truncated': 'true' });
      expect(event).not.toHaveProperty('requestObject');
      expect(event).not.toHaveProperty('responseObject');
    }
  });

  it('keeps so many and no more, the newest; limit and since choose among them', async () => {
    await policy('{level: Metadata, omitStages: [RequestReceived]}');
    for (let i = 0; i < 300; i++) {
      await verbs.get(cluster.ctx(), cluster.target('configmaps', 'audit-policy', { namespace: 'kube-system' }));
      if (i % 5 === 4) await auditor.log.flush();
      await cluster.clock.advance(1_000);
    }
    const kept = await events();
    expect(kept.length).toBeLessThanOrEqual(200 + 32 * 5);
    expect(kept.length).toBeGreaterThanOrEqual(200);
    const read = async (wish: object) => {
      let text = '';
      for await (const piece of auditor.log.read(cluster.env.id, wish)) text += piece;
      return text.split('\n').filter((line) => line !== '');
    };
    expect(await read({ limit: 7 })).toEqual(kept.slice(-7).map((event) => JSON.stringify(event)));
    expect(await read({ sinceMs: cluster.clock.nowMs() - 3_000 })).toHaveLength(3);
  });
});
