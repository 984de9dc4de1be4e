import { rfc3339 } from '#apimachinery';
import type { LifecycleHandler } from '#kinds';
import type { ContainerState } from './container.js';

/** How long a preStop hook takes, in ms, when nothing cuts it short. */
function preStopMs(hook: LifecycleHandler | undefined): number {
  if (hook?.sleep) return hook.sleep.seconds * 1_000;
  const words = hook?.exec?.command?.join(' ') ?? '';
  // Of commands only the usual one takes time here: sleeping.
  const sleep = /(?:^|[\s;&/])sleep\s+(\d{1,6}(?:\.\d{1,3})?)/.exec(words);
  if (sleep) return Number(sleep[1]) * 1_000;
  return hook ? 20 : 0;
}

/** What SIGKILL leaves behind. */
const KILLED_CODE = 137;

/**
 * Plans the end of a running container that is asked to stop at `fromMs` with a grace of `graceMs`: preStop, SIGTERM,
 * and SIGKILL when the grace is over. An end of its own that comes sooner stays.
 */
export function planStop(container: ContainerState, fromMs: number, graceMs: number): void {
  const run = container.run;
  const afterHookMs = fromMs + Math.min(graceMs, preStopMs(container.spec.lifecycle?.preStop));
  const killMs = fromMs + graceMs;
  const reaction = run?.onStop ?? 'ignores';
  const leaves = reaction !== 'ignores' && afterHookMs + reaction.afterMs <= killMs;
  const code = leaves ? reaction.code : KILLED_CODE;
  const atMs = leaves ? afterHookMs + reaction.afterMs : killMs;
  const own = run?.exit && container.startedAtMs + run.exit.afterMs;
  if (own !== undefined && own <= atMs) return;
  container.ending = { atMs, code, reason: code === 0 ? 'Completed' : 'Error' };
}

/** Takes down a container whose end has come. True when it did. */
export function settleEnding(container: ContainerState, nowMs: number): boolean {
  const { ending } = container;
  if (container.state !== 'running' || !ending || ending.atMs > nowMs) return false;
  container.state = 'terminated';
  container.terminated = {
    exitCode: ending.code,
    reason: ending.reason,
    ...(ending.message === undefined ? {} : { message: ending.message }),
    startedAt: rfc3339(container.startedAtMs),
    finishedAt: rfc3339(ending.atMs),
    containerID: container.id,
  };
  container.ending = undefined;
  container.run = undefined;
  // An init container that has succeeded counts as ready.
  container.ready = container.role === 'init' && ending.code === 0;
  container.started = false;
  return true;
}
