import { parseTime } from '#apimachinery';
import type { ContainerStateTerminated, ContainerStatus, Pod } from '#kinds';
import { parseImageRef } from '../images/image-ref.js';
import { imageModelOf } from '../images/images.js';
import { argvOf, runOf } from '../images/start.js';
import { BACKOFF_MAX_MS, backoffAfter, contextOf, enter } from './container-start.js';
import type { ContainerState } from './container.js';
import type { NodeSide } from './node-side.js';
import { ConfigError, environmentOf, reader } from './pod-env.js';

const timeOf = (text: string | undefined) => (text === undefined ? 0 : parseTime(text));

/**
 * Puts containers back as the pod's status shows them, for a kubelet that starts anew. What a status does not show (a
 * pull under way) is begun again. The processes themselves are given back by the caller: they need the environment.
 */
export function recoverContainers(pod: Pod, containers: readonly ContainerState[], nowMs: number): void {
  const shown = new Map<string, ContainerStatus>();
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  for (const status of [...initContainerStatuses, ...containerStatuses]) shown.set(status.name, status);
  for (const container of containers) {
    const status = shown.get(container.spec.name);
    if (status) recoverContainer(container, status, nowMs);
  }
}

function recoverContainer(container: ContainerState, status: ContainerStatus, nowMs: number): void {
  const { running, terminated, waiting } = status.state ?? {};
  container.id = status.containerID ?? '';
  container.image = status.image;
  container.imageId = status.imageID;
  container.restarts = status.restartCount;
  container.crashes = status.restartCount;
  container.ready = status.ready;
  container.started = status.started ?? false;
  container.last = status.lastState?.terminated;
  if (running) {
    container.state = 'running';
    container.startedAtMs = timeOf(running.startedAt);
  } else if (terminated) {
    container.state = 'terminated';
    container.terminated = terminated;
    container.retryAtMs = retryAfter(container, terminated);
  } else if (waiting?.reason) {
    container.waiting = {
      reason: waiting.reason,
      ...(waiting.message === undefined ? {} : { message: waiting.message }),
    };
    recoverWaiting(container, waiting.reason, nowMs);
  }
}

/** A process that lived this long did not crash in a loop. Models the back-off's reset after twice its maximum (1.36). */
const LONG_LIFE_MS = 2 * BACKOFF_MAX_MS;

/** When an ended container may start again: the first time at once, later after a back-off that grows. Ends a row of crashes. */
export function retryAfter(container: ContainerState, { startedAt, finishedAt }: ContainerStateTerminated): number {
  if (timeOf(finishedAt) - timeOf(startedAt) >= LONG_LIFE_MS && timeOf(startedAt) > 0) container.crashes = 0;
  return container.crashes === 0 ? 0 : timeOf(finishedAt) + backoffAfter(container.crashes);
}

function recoverWaiting(container: ContainerState, reason: string, nowMs: number): void {
  if (reason === 'CrashLoopBackOff' && container.last) container.retryAtMs = retryAfter(container, container.last);
  else if (reason === 'InvalidImageName') container.retryAtMs = Infinity;
  else if (reason === 'ErrImagePull' || reason === 'ImagePullBackOff') {
    container.pullFailures = 1;
    container.pullError = /ErrImagePull: .*/s.exec(container.waiting.message ?? '')?.[0] ?? '';
    container.retryAtMs = nowMs + backoffAfter(1);
  }
}

/** Gives a container that was running its process back: the same model with the same start goes on as it would have. */
export async function resumeProcess(pod: Pod, container: ContainerState, node: NodeSide, podIP: string): Promise<void> {
  const { ready, started } = container;
  let env: ReadonlyMap<string, string>;
  try {
    const read = reader(node.api, pod.metadata.namespace ?? '');
    env = await environmentOf(pod, container.spec, read, { podIP, hostIP: node.hostIP });
  } catch (error) {
    // What it was started with is gone by now; it runs on all the same.
    if (!(error instanceof ConfigError)) throw error;
    env = new Map();
  }
  const model = imageModelOf(parseImageRef(container.spec.image ?? ''));
  const context = contextOf(pod, container, env);
  const run = runOf(model, context, argvOf(model, container.spec, env));
  if (run) enter(container, run, context);
  container.ready = ready;
  container.started = started;
}
