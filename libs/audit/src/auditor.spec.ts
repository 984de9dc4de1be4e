import { beforeEach, describe, expect, it } from '@jest/globals';
import { Random, type SandboxEnv, type SandboxId, sandboxId } from '#base';
import { memoryAuditRows, memoryStore, type Store, StoreError, type WatchSink } from '#storage';
import { FakeClock } from '#testing';
import { AuditLog } from './audit-log.js';
import { Auditor } from './auditor.js';

const KEY = 'configmaps/kube-system/audit-policy';
const KIM = { username: 'kim', groups: [] };
const GET = { kind: 'path' as const, verb: 'get', path: '/version' };
const FACTS = { auditId: 'a', requestURI: '/version', sourceIPs: [], userAgent: '' };

let store: Store;
let env: SandboxEnv;
let auditor: Auditor;
let sinks: WatchSink[];
let failures: number;

beforeEach(async () => {
  const clock = new FakeClock();
  env = { id: sandboxId('spec') as SandboxId, clock, random: new Random('spec') };
  store = memoryStore();
  await store.createSandbox(env.id);
  sinks = [];
  failures = 0;
  const watched: Pick<Store, 'list' | 'watch'> = {
    list: async (...args) => {
      if (failures-- > 0) throw new StoreError('unavailable', 'gone');
      return store.list(...args);
    },
    watch: (id, prefix, after, sink) => {
      sinks.push(sink);
      return store.watch(id, prefix, after, sink);
    },
  };
  auditor = new Auditor(watched, env, new AuditLog(memoryAuditRows(), clock, () => undefined));
  await auditor.open();
});

async function put(rules: string, key = KEY) {
  const data = { 'policy.yaml': `{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [${rules}]}` };
  const text = JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'audit-policy' }, data });
  const expected = (await store.get(env.id, key))?.revision ?? 0;
  await store.commit(env.id, [{ key, expected, op: 'put', text, facets: {} }]);
}

const levels = () => {
  auditor.begin(KIM, GET, FACTS);
  return auditor.events;
};

describe('Auditor', () => {
  it('follows the policy of its cluster, and no other object', async () => {
    await put('{level: Metadata}', `${KEY}-of-another`);
    expect([auditor.on, levels()]).toEqual([false, 0]);
    await put('{level: Metadata}');
    expect([auditor.on, levels()]).toEqual([true, 1]);
    await put('{level: None}');
    expect([auditor.on, levels()]).toEqual([true, 1]);
    auditor.close();
    expect([auditor.on, auditor.ready()]).toEqual([false, undefined]);
  });

  it('reads the policy again after its watch has ended: no change is missed', async () => {
    await put('{level: Metadata}');
    sinks[0]!.closed(new StoreError('compacted', 'too old'));
    const pending = auditor.ready();
    expect(pending).toBeInstanceOf(Promise);
    // Until then the last one known is in force.
    expect(auditor.on).toBe(true);
    await pending;
    expect([auditor.ready(), sinks.length]).toEqual([undefined, 2]);
    await put('{level: None}');
    expect(levels()).toBe(0);
    sinks[1]!.closed();
    await put('{level: Metadata}');
    await auditor.ready();
    expect(levels()).toBe(1);
  });

  it('keeps the last policy while the store cannot be read, and tries with each question', async () => {
    await put('{level: Metadata}');
    failures = 2;
    sinks[0]!.closed();
    await auditor.ready();
    expect(levels()).toBe(1);
    await auditor.ready();
    expect(sinks).toHaveLength(1);
    await auditor.ready();
    expect([auditor.on, auditor.ready(), sinks.length]).toEqual([true, undefined, 2]);
  });

  it('is told by those who cannot wait, too', async () => {
    sinks[0]!.closed();
    await put('{level: Metadata}');
    expect(auditor.on).toBe(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(auditor.on).toBe(true);
  });
});
