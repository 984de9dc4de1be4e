import type { Container, ContainerStateTerminated, Pod } from '#kinds';
import type { Run, RunContext } from '../images/image.js';

/** `init` runs to its end before the next one, `sidecar` starts like one but stays, `main` runs beside the others. */
export type ContainerRole = 'init' | 'sidecar' | 'main';

/** Why a container does not run, as its status says it. */
export interface Waiting {
  readonly reason: string;
  readonly message?: string;
}

/** One container of one pod, as its node's runtime knows it. Mutated by the pod's worker only. */
export interface ContainerState {
  readonly spec: Container;
  readonly role: ContainerRole;
  state: 'waiting' | 'running' | 'terminated';
  waiting: Waiting;
  /** Of the present process, or of the last one when it ended; '' before the first. */
  id: string;
  image: string;
  imageId: string;
  restarts: number;
  startedAtMs: number;
  /** The present process's model, and what it was started with. */
  run: Run | undefined;
  context: RunContext | undefined;
  /** Set when it is known when and how the present process ends. */
  ending: Ending | undefined;
  terminated: ContainerStateTerminated | undefined;
  last: ContainerStateTerminated | undefined;
  /** It passed its startup probe, or has none. */
  started: boolean;
  ready: boolean;
  /** It may be started again from then on. */
  retryAtMs: number;
  /** When what went wrong is said to be waited out ('CrashLoopBackOff'); Infinity: nothing to say. */
  noticeAtMs: number;
  /** Restarts in the present row of crashes; a long life ends the row. */
  crashes: number;
  /** Failed pulls in a row. */
  pullFailures: number;
  /** The last pull's error, for the message while it backs off. */
  pullError: string;
}

export interface Ending {
  readonly atMs: number;
  readonly code: number;
  readonly reason: string;
  readonly message?: string;
}

const CREATING: Waiting = { reason: 'ContainerCreating' };
const INITIALIZING: Waiting = { reason: 'PodInitializing' };

function fresh(spec: Container, role: ContainerRole, waiting: Waiting): ContainerState {
  return {
    spec,
    role,
    state: 'waiting',
    waiting,
    id: '',
    image: spec.image ?? '',
    imageId: '',
    restarts: 0,
    startedAtMs: 0,
    run: undefined,
    context: undefined,
    ending: undefined,
    terminated: undefined,
    last: undefined,
    started: false,
    ready: false,
    retryAtMs: 0,
    noticeAtMs: Infinity,
    crashes: 0,
    pullFailures: 0,
    pullError: '',
  };
}

/** The containers of a pod that nothing was done for yet: init containers and sidecars in their order, then the others. */
export function containersOf(pod: Pod): ContainerState[] {
  const { initContainers = [], containers } = pod.spec!;
  const waiting = initContainers.length > 0 ? INITIALIZING : CREATING;
  return [
    ...initContainers.map((spec) => fresh(spec, spec.restartPolicy === 'Always' ? 'sidecar' : 'init', waiting)),
    ...containers.map((spec) => fresh(spec, 'main', waiting)),
  ];
}

/** Whether a container that ended is to be started again. Models ContainerShouldRestart (1.36). */
export function restarts(pod: Pod, container: ContainerState): boolean {
  if (container.role === 'sidecar') return true;
  const policy = container.spec.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always';
  const failed = container.terminated?.exitCode !== 0;
  if (container.role === 'init') return failed && policy !== 'Never';
  return policy === 'Always' || (policy === 'OnFailure' && failed);
}

/** An init container that has done its work. */
export const succeeded = (container: ContainerState) =>
  container.state === 'terminated' && container.terminated?.exitCode === 0;

/** It will not be started again: instead of what it waits for, it shows how it ended. */
export function forgetBackoff(container: ContainerState): void {
  if (container.state !== 'waiting' || !container.last) return;
  container.state = 'terminated';
  container.terminated = container.last;
  container.last = undefined;
}
