import { createHash } from 'node:crypto';
import { rfc3339 } from '#apimachinery';
import type { ContainerStateTerminated, Pod } from '#kinds';
import { type ImageRef, ImageRefError, parseImageRef } from '../images/image-ref.js';
import type { Run, RunContext } from '../images/image.js';
import { imageModelOf } from '../images/images.js';
import { pullFailure } from '../images/registry-model.js';
import { argvOf, runOf } from '../images/start.js';
import type { ContainerState } from './container.js';
import { goDuration } from './go-text.js';
import { imageIdOf } from './image-store.js';
import type { NodeSide } from './node-side.js';
import { ConfigError, environmentOf, reader } from './pod-env.js';

/** Models the kubelet's image pull and container back-off: 10 s, doubling, at most 5 min (1.36). */
const BACKOFF_BASE_MS = 10_000;
export const BACKOFF_MAX_MS = 300_000;
/** After what went wrong before the runtime was asked (a missing Secret), the next try; the kubelet's sync period is about that. */
const CONFIG_RETRY_MS = 12_000;

/** The kubelet looks at a pod again about a second after something happened to it; then a failure becomes a back-off. */
export const NOTICE_MS = 1_000;

export const backoffAfter = (failures: number) =>
  Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** Math.max(0, failures - 1));

/** What starting a container needs to know and do. */
export interface StartDesk {
  readonly pod: Pod;
  readonly node: NodeSide;
  readonly podIP: string;
  /** Waits on the sandbox's clock; rejects when the pod is to stop. */
  pause(ms: number): Promise<void>;
  event(container: ContainerState, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Uniform in [0, 1), from the pod's own seed. */
  chance(): number;
}

export function contextOf(pod: Pod, container: ContainerState, env: ReadonlyMap<string, string>): RunContext {
  return {
    podName: pod.metadata.name ?? '',
    containerName: container.spec.name,
    env,
    interactive: Boolean(container.spec.stdin && container.spec.tty),
    startedAtMs: container.startedAtMs,
  };
}

function waitFor(container: ContainerState, reason: string, message: string, retryAtMs: number): void {
  container.state = 'waiting';
  container.waiting = { reason, message };
  container.retryAtMs = retryAtMs;
  // What was there before the failed start is history now.
  if (container.terminated) container.last = container.terminated;
  container.terminated = undefined;
}

/** Same place and try, same id: a restarted server names nothing anew. */
function containerIdOf(pod: Pod, { spec, restarts }: ContainerState): string {
  return `containerd://${createHash('sha256').update(`${pod.metadata.uid}/${spec.name}/${restarts}`).digest('hex')}`;
}

function refOf(desk: StartDesk, container: ContainerState): ImageRef | undefined {
  const image = container.spec.image ?? '';
  try {
    return parseImageRef(image);
  } catch (error) {
    if (!(error instanceof ImageRefError)) throw error;
    const message = `Failed to apply default image tag ${JSON.stringify(image)}: ${error.message}`;
    desk.event(container, 'Warning', 'InspectFailed', message);
    desk.event(container, 'Warning', 'Failed', 'Error: InvalidImageName');
    waitFor(container, 'InvalidImageName', message, Infinity);
    return undefined;
  }
}

/** Sees to it that the image is on the node. Models EnsureImageExists (1.36). */
async function ensureImage(desk: StartDesk, container: ContainerState, ref: ImageRef): Promise<boolean> {
  const { node } = desk;
  const image = container.spec.image ?? '';
  const policy = container.spec.imagePullPolicy ?? (ref.tag === 'latest' ? 'Always' : 'IfNotPresent');
  if (policy !== 'Always' && node.images.has(ref)) {
    const message = `Container image "${image}" already present on machine and can be accessed by the pod`;
    desk.event(container, 'Normal', 'Pulled', message);
    return true;
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    desk.event(container, 'Warning', 'ErrImageNeverPull', message);
    desk.event(container, 'Warning', 'Failed', 'Error: ErrImageNeverPull');
    waitFor(container, 'ErrImageNeverPull', message, node.clock.nowMs() + CONFIG_RETRY_MS);
    return false;
  }
  desk.event(container, 'Normal', 'Pulling', `Pulling image "${image}"`);
  const failure = pullFailure(ref);
  const nowMs = node.clock.nowMs();
  const { pullMs, doneAtMs } = node.images.pull(ref, nowMs, failure !== undefined);
  await desk.pause(doneAtMs - nowMs);
  if (failure !== undefined) {
    pullFailed(desk, container, failure);
    return false;
  }
  const size = imageModelOf(ref).sizeBytes;
  const took = `in ${goDuration(pullMs)} (${goDuration(doneAtMs - nowMs)} including waiting)`;
  desk.event(container, 'Normal', 'Pulled', `Successfully pulled image "${image}" ${took}. Image size: ${size} bytes.`);
  container.pullFailures = 0;
  if (node.images.add(ref)) node.imagesChanged();
  return true;
}

function pullFailed(desk: StartDesk, container: ContainerState, failure: string): void {
  desk.event(container, 'Warning', 'Failed', `Failed to pull image "${container.spec.image ?? ''}": ${failure}`);
  desk.event(container, 'Warning', 'Failed', 'Error: ErrImagePull');
  container.pullFailures++;
  container.pullError = `ErrImagePull: ${failure}`;
  const nowMs = desk.node.clock.nowMs();
  waitFor(container, 'ErrImagePull', failure, nowMs + backoffAfter(container.pullFailures));
  container.noticeAtMs = nowMs + NOTICE_MS;
}

/** What failed has been seen: now it is said that it is waited out. */
export function enterBackoff(desk: StartDesk, container: ContainerState): void {
  container.noticeAtMs = Infinity;
  if (container.terminated) enterCrashLoop(desk, container, container.terminated);
  else enterPullBackoff(desk, container);
}

function enterCrashLoop(desk: StartDesk, container: ContainerState, ended: ContainerStateTerminated): void {
  const { name, namespace, uid } = desk.pod.metadata;
  const pod = `${name}_${namespace}(${uid})`;
  const { spec, retryAtMs } = container;
  desk.event(container, 'Warning', 'BackOff', `Back-off restarting failed container ${spec.name} in pod ${pod}`);
  const wait = goDuration(backoffAfter(container.crashes));
  waitFor(
    container,
    'CrashLoopBackOff',
    `back-off ${wait} restarting failed container=${spec.name} pod=${pod}`,
    retryAtMs,
  );
  container.last = ended;
}

function enterPullBackoff(desk: StartDesk, container: ContainerState): void {
  const image = container.spec.image ?? '';
  desk.event(container, 'Normal', 'BackOff', `Back-off pulling image "${image}"`);
  desk.event(container, 'Warning', 'Failed', 'Error: ImagePullBackOff');
  const error = container.pullError === '' ? '' : `: ${container.pullError}`;
  container.waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"${error}` };
}

/** How containerd says that a process never began. */
const NEVER = '1970-01-01T00:00:00Z';

const notFound = (program: string) =>
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
  `unable to start container process: error during container init: exec: "${program}": executable file not found in $PATH`;

/** The whole way of one container into running, or into the reason why not. */
export async function startContainer(desk: StartDesk, container: ContainerState): Promise<void> {
  const ref = refOf(desk, container);
  if (!ref || !(await ensureImage(desk, container, ref))) return;
  const { pod, node } = desk;
  let env: ReadonlyMap<string, string>;
  try {
    const facts = { podIP: desk.podIP, hostIP: node.hostIP };
    env = await environmentOf(pod, container.spec, reader(node.api, pod.metadata.namespace ?? ''), facts);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    desk.event(container, 'Warning', 'Failed', `Error: ${error.message}`);
    return waitFor(container, 'CreateContainerConfigError', error.message, node.clock.nowMs() + CONFIG_RETRY_MS);
  }
  await desk.pause(50 + 200 * desk.chance());
  if (container.id !== '') {
    container.restarts++;
    container.crashes++;
  }
  container.id = containerIdOf(pod, container);
  container.image = ref.full;
  container.imageId = imageIdOf(ref);
  container.last = container.terminated ?? container.last;
  container.terminated = undefined;
  container.startedAtMs = node.clock.nowMs();
  desk.event(container, 'Normal', 'Created', 'Container created');
  begin(desk, container, env, ref);
}

function begin(desk: StartDesk, container: ContainerState, env: ReadonlyMap<string, string>, ref: ImageRef): void {
  const model = imageModelOf(ref);
  const argv = argvOf(model, container.spec, env);
  const context = contextOf(desk.pod, container, env);
  const run = runOf(model, context, argv);
  if (!run) {
    const message = notFound(argv[0] ?? '');
    desk.event(container, 'Warning', 'Failed', `Error: ${message}`);
    container.state = 'terminated';
    container.terminated = {
      exitCode: 128,
      reason: 'StartError',
      message,
      startedAt: NEVER,
      finishedAt: rfc3339(desk.node.clock.nowMs()),
      containerID: container.id,
    };
    return;
  }
  desk.event(container, 'Normal', 'Started', 'Container started');
  enter(container, run, context);
}

/** The container runs `run` since its startedAtMs. */
export function enter(container: ContainerState, run: Run, context: RunContext): void {
  container.state = 'running';
  container.run = run;
  container.context = context;
  container.noticeAtMs = Infinity;
  container.started = container.spec.startupProbe === undefined;
  container.ready = false;
  container.ending = run.exit && {
    atMs: container.startedAtMs + run.exit.afterMs,
    code: run.exit.code,
    reason: run.exit.code === 0 ? 'Completed' : 'Error',
  };
}
