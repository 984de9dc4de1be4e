import { describe, expect, it } from '@jest/globals';
import { PURGE_FINALIZER, type Sandbox } from '#kinds';
import { reconcileSandbox, type SandboxDeps } from './sandbox.controller.js';

const key = { namespace: 'team-a', name: 'blue' };

function aSandbox(overrides: Partial<Sandbox> = {}, metadata: Partial<Sandbox['metadata']> = {}): Sandbox {
  return {
    apiVersion: 'sandkube.dev/v1alpha1',
    kind: 'Sandbox',
    metadata: { ...key, generation: 1, finalizers: [PURGE_FINALIZER], ...metadata },
    spec: { template: 'starter' },
    ...overrides,
  } as Sandbox;
}

function world(sandbox: Sandbox | undefined, known = true) {
  const calls: string[] = [];
  let written: Sandbox | undefined;
  const deps: SandboxDeps = {
    get: () => sandbox,
    update: async (next) => {
      calls.push('update');
      written = next;
    },
    updateStatus: async (next) => {
      calls.push('updateStatus');
      written = next;
    },
    provision: async (id) => {
      calls.push(`provision ${id}`);
      return known ? { url: `https://x/sandboxes/${id}` } : undefined;
    },
    choosePlugins: async (id, choice) => void calls.push(`choosePlugins ${id} ${choice?.enable?.join() ?? ''}`),
    setClock: async (id, clock) => void calls.push(`setClock ${id} ${clock?.rate}`),
    purge: async (id) => void calls.push(`purge ${id}`),
    event: (_about, type, reason) => void calls.push(`event ${type} ${reason}`),
    nowMs: () => Date.UTC(2026, 0, 1),
  };
  return { deps, calls, written: () => written };
}

describe('reconcileSandbox', () => {
  it('guards the name with a finalizer before anything exists', async () => {
    const { deps, calls, written } = world(aSandbox({}, { finalizers: [] }));
    await reconcileSandbox(deps, key);
    expect(calls).toEqual(['update']);
    expect(written()?.metadata.finalizers).toEqual([PURGE_FINALIZER]);
  });

  it('provisions, then says so', async () => {
    const { deps, calls, written } = world(aSandbox());
    await reconcileSandbox(deps, key);
    expect(calls).toEqual(['provision team-a.blue', 'updateStatus', 'event Normal Provisioned']);
    expect(written()?.status).toMatchObject({
      phase: 'Ready',
      id: 'team-a.blue',
      url: 'https://x/sandboxes/team-a.blue',
      observedGeneration: 1,
      conditions: [{ type: 'Ready', status: 'True', reason: 'Provisioned' }],
    });
  });

  it('says which template it lacks', async () => {
    const { deps, calls, written } = world(aSandbox(), false);
    await reconcileSandbox(deps, key);
    expect(calls).toEqual(['provision team-a.blue', 'updateStatus', 'event Warning TemplateNotFound']);
    expect(written()?.status?.phase).toBe('Pending');
  });

  it('sets the clock and the plugins of a ready one whose spec has changed', async () => {
    const ready = aSandbox(
      {
        spec: { template: 'starter', clock: { rate: '60' }, admission: { enable: ['AlwaysPullImages'] } },
        status: { phase: 'Ready', observedGeneration: 1 },
      },
      { generation: 2 },
    );
    const { deps, calls, written } = world(ready);
    await reconcileSandbox(deps, key);
    expect(calls).toEqual([
      'setClock team-a.blue 60',
      'choosePlugins team-a.blue AlwaysPullImages',
      'updateStatus',
      'event Normal ClockSet',
    ]);
    expect(written()?.status).toEqual({ phase: 'Ready', observedGeneration: 2 });
  });

  it('leaves a ready one alone', async () => {
    const { deps, calls } = world(aSandbox({ status: { phase: 'Ready', observedGeneration: 1 } }));
    await reconcileSandbox(deps, key);
    expect(calls).toEqual([]);
  });

  it('purges before it lets the name go', async () => {
    const { deps, calls, written } = world(aSandbox({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }));
    await reconcileSandbox(deps, key);
    expect(calls).toEqual(['purge team-a.blue', 'update']);
    expect(written()?.metadata.finalizers).toEqual([]);
  });
});
