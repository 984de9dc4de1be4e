import { describe, expect, it } from '@jest/globals';
import { type KubeObject, StatusError } from '#apimachinery';
import { Random, type SandboxEnv, sandboxId } from '#base';
import type { ClusterApi, Informer, InformerHandlers, Informers } from '#client';
import { builtInKinds, configMapKind } from '#kinds';
import { FakeClock } from '#testing';
import { ControllerManager, type ControllerManagerOptions } from './controller-manager.js';
import type { ReconcileFailure } from './controller-runner.js';
import {
  type ControllerDefinition,
  controllerIdentity,
  defineController,
  type ObjectKey,
  TerminalError,
} from './definition.js';

/** Informers that say what the spec says. */
class ToldInformers {
  private readonly handlers: InformerHandlers<KubeObject>[] = [];
  private release: () => void = () => {};
  readonly ready = new Promise<void>((resolve) => (this.release = resolve));
  readonly of = () =>
    ({
      handle: (handlers: InformerHandlers<KubeObject>) => {
        this.handlers.push(handlers);
        return () => void this.handlers.splice(this.handlers.indexOf(handlers), 1);
      },
    }) as unknown as Informer<KubeObject>;

  sync(): void {
    this.release();
  }

  tell(name: string): void {
    const metadata = { name, namespace: 'default' };
    for (const handler of this.handlers) handler.added?.({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
  }

  get listening(): number {
    return this.handlers.length;
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function aManager(
  reconcile: ControllerDefinition<SandboxEnv>['reconcile'],
  options: Partial<ControllerManagerOptions> & { workers?: number } = {},
) {
  const clock = new FakeClock();
  const failures: ReconcileFailure[] = [];
  const definition = defineController<SandboxEnv>({
    name: 'spec',
    identity: controllerIdentity('spec-controller'),
    reconciles: configMapKind,
    workers: options.workers ?? 4,
    deps: ({ env }) => env,
    reconcile,
  });
  const apiFor = () => ({}) as ClusterApi;
  const manager = new ControllerManager({
    definitions: [definition],
    apiFor,
    clock,
    failed: (failure) => failures.push(failure),
    ...options,
  });
  const start = (name: string) => {
    const informers = new ToldInformers();
    const env: SandboxEnv = { id: sandboxId(name)!, clock: new FakeClock(), random: new Random(name) };
    const shared = { of: informers.of, metadataOf: informers.of, untilSynced: () => informers.ready, stop() {} };
    manager.start(env, { kinds: builtInKinds, rootCa: '', informers: shared as unknown as Informers });
    return { informers, env };
  };
  return { manager, clock, failures, start };
}

describe('ControllerManager', () => {
  it('reconciles nothing before the caches have synced, then each key once', async () => {
    const done: string[] = [];
    const { manager, start } = aManager(async (_env, { name }) => void done.push(name));
    const { informers, env } = start('a');
    for (const name of ['x', 'y', 'x']) informers.tell(name);
    await turn();
    expect(done).toEqual([]);
    expect(manager.isIdle(env.id)).toBe(false);
    informers.sync();
    await manager.idle(env.id);
    expect(done).toEqual(['x', 'y']);
  });

  it('never runs one key twice at a time, and runs it again when it changed meanwhile', async () => {
    let [running, most, runs] = [0, 0, 0];
    let finish: () => void = () => {};
    const { manager, start } = aManager(async () => {
      runs++;
      most = Math.max(most, ++running);
      if (runs === 1) await new Promise<void>((resolve) => (finish = resolve));
      running--;
    });
    const { informers, env } = start('a');
    informers.sync();
    informers.tell('x');
    await turn();
    await turn();
    informers.tell('x');
    await turn();
    finish();
    await manager.idle(env.id);
    expect([runs, most]).toEqual([2, 1]);
  });

  it('takes turns between sandboxes, so that a busy one does not hold up a quiet one', async () => {
    const order: string[] = [];
    const work = async (env: SandboxEnv, { name }: ObjectKey) => {
      order.push(`${env.id}:${name}`);
      await turn();
    };
    const { manager, start } = aManager(work, { concurrency: 2, workers: 100 });
    const busy = start('busy');
    const quiet = start('quiet');
    busy.informers.sync();
    quiet.informers.sync();
    for (let i = 0; i < 50; i++) busy.informers.tell(`k${i}`);
    quiet.informers.tell('q');
    await manager.idle(quiet.env.id);
    expect(order.indexOf('quiet:q')).toBeLessThan(6);
    await manager.idle(busy.env.id);
    expect(order.length).toBe(51);
  });

  it('starts no more than its concurrency and the workers of a controller', async () => {
    let [running, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++running);
      await turn();
      running--;
    };
    const { manager, start } = aManager(work, { concurrency: 10, workers: 3 });
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map(start);
    for (const { informers } of all) {
      informers.sync();
      for (let i = 0; i < 20; i++) informers.tell(`k${i}`);
    }
    await Promise.all(all.map(({ env }) => manager.idle(env.id)));
    expect(most).toBeLessThanOrEqual(10);
    expect(most).toBeGreaterThan(3);
  });

  it('tries again after a back-off, tells of it, and forgets failures after a success', async () => {
    let runs = 0;
    const { manager, start, clock, failures } = aManager(async () => {
      if (++runs < 3) throw new Error(`failure ${runs}`);
    });
    const { informers, env } = start('a');
    informers.sync();
    informers.tell('x');
    await manager.idle(env.id);
    expect(runs).toBe(1);
    await clock.advance(5);
    await manager.idle(env.id);
    await clock.advance(10);
    await manager.idle(env.id);
    expect(runs).toBe(3);
    expect(failures.map(({ attempt, error, final }) => [attempt, (error as Error).message, final])).toEqual([
      [1, 'failure 1', false],
      [2, 'failure 2', false],
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not tell of a conflict at once, and does not try again what is final', async () => {
    const errors: Error[] = [StatusError.modified({ group: '', resource: 'pods' }, 'x'), new TerminalError('never')];
    let runs = 0;
    const { manager, start, clock, failures } = aManager(async () => {
      throw errors[runs++]!;
    });
    const { informers, env } = start('a');
    informers.sync();
    informers.tell('x');
    await manager.idle(env.id);
    await clock.advance(10);
    await manager.idle(env.id);
    await clock.advance(1_000_000);
    expect(runs).toBe(2);
    expect(failures.map(({ final }) => final)).toEqual([true]);
  });

  it("waits for a requeue on the sandbox's clock", async () => {
    let runs = 0;
    const { manager, start, clock } = aManager(async () => (++runs === 1 ? { requeueAfterMs: 1000 } : undefined));
    const { informers, env } = start('a');
    informers.sync();
    informers.tell('x');
    await manager.idle(env.id);
    await clock.advance(5000);
    expect(runs).toBe(1);
    await (env.clock as FakeClock).advance(1000);
    await manager.idle(env.id);
    expect(runs).toBe(2);
  });

  it('stops: no listeners, no work, and whoever waits goes on', async () => {
    let runs = 0;
    const { manager, start, clock } = aManager(async () => void runs++);
    const { informers, env } = start('a');
    informers.tell('x');
    const waiting = manager.idle(env.id);
    manager.stop(env.id);
    await waiting;
    informers.sync();
    await turn();
    expect([runs, informers.listening, clock.pendingTimers]).toEqual([0, 0, 0]);
    start('a').informers.sync();
    expect(manager.isRunning(env.id)).toBe(true);
  });
});
