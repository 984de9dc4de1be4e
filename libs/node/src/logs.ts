import { parseTime, StatusError } from '#apimachinery';
import type { ClusterApi } from '#client';
import type { ContainerStatus, Pod } from '#kinds';
import { parseImageRef } from './images/image-ref.js';
import { imageModelOf } from './images/images.js';
import { argvOf, runOf } from './images/start.js';
import { environmentOf, reader } from './kubelet/pod-env.js';

export interface LogRequest {
  readonly container?: string;
  readonly previous?: boolean;
  /** Only the last so many lines; the most that is kept otherwise. */
  readonly tailLines?: number;
  readonly sinceMs?: number;
}

export interface LogEntry {
  readonly atMs: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** What a container's log holds at most, as a rotated log does. */
const LINES_MAX = 10_000;

/** containerd's longest line. */
const LINE_LENGTH_MAX = 16_384;

const bad = (why: string) => StatusError.badRequest(why);

function statusOf(pod: Pod, name: string): ContainerStatus {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const status = [...containerStatuses, ...initContainerStatuses].find((other) => other.name === name);
  if (!status) throw bad(`container "${name}" in pod "${pod.metadata.name}" is not available`);
  return status;
}

/** From when to when the asked-for process ran. Texts of kubelet validateContainerLogStatus (1.36). */
function spanOf(pod: Pod, status: ContainerStatus, previous: boolean): { fromMs: number; untilMs: number } {
  const where = `container "${status.name}" in pod "${pod.metadata.name}"`;
  const last = status.lastState?.terminated;
  const { running, terminated, waiting } = status.state ?? {};
  if (previous && !last?.containerID) {
    throw bad(`previous terminated ${where} not found`);
  }
  const ended = previous ? last : (terminated ?? (running ? undefined : last));
  if (ended) return { fromMs: parseTime(ended.startedAt ?? ''), untilMs: parseTime(ended.finishedAt ?? '') };
  if (running) return { fromMs: parseTime(running.startedAt ?? ''), untilMs: Infinity };
  switch (waiting?.reason) {
    case 'ErrImagePull':
      throw bad(`${where} is waiting to start: image can't be pulled`);
    case 'ImagePullBackOff':
      throw bad(`${where} is waiting to start: trying and failing to pull image`);
    default:
      throw bad(`${where} is waiting to start: ${waiting?.reason ?? 'ContainerCreating'}`);
  }
}

function containerOf(pod: Pod, asked: string | undefined): string {
  const { containers, initContainers = [] } = pod.spec!;
  const names = containers.map(({ name }) => name);
  const { name } = pod.metadata;
  if (asked === undefined || asked === '') {
    const annotated = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
    if (annotated && names.includes(annotated)) return annotated;
    if (names.length === 1) return names[0]!;
    const init =
      initContainers.length > 0
        ? ` or one of the init containers: [${initContainers.map((c) => c.name).join(' ')}]`
        : '';
    throw bad(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]${init}`);
  }
  if ([...containers, ...initContainers].some((container) => container.name === asked)) return asked;
  throw bad(`container ${asked} is not valid for pod ${name}`);
}

/**
 * What a container wrote up to `nowMs`: worked out from its model and the times in the pod's status, so that nothing is
 * kept for logs that no one reads. Throws StatusError (400) with the kubelet's words.
 */
export async function containerLogs(
  api: ClusterApi,
  pod: Pod,
  request: LogRequest,
  nowMs: number,
): Promise<LogEntry[]> {
  const name = containerOf(pod, request.container);
  const { fromMs, untilMs } = spanOf(pod, statusOf(pod, name), request.previous ?? false);
  const spec = [...pod.spec!.containers, ...(pod.spec!.initContainers ?? [])].find(
    (container) => container.name === name,
  )!;
  const facts = { podIP: pod.status?.podIP ?? '', hostIP: pod.status?.hostIP ?? '' };
  const env = await environmentOf(pod, spec, reader(api, pod.metadata.namespace ?? ''), facts);
  const model = imageModelOf(parseImageRef(spec.image ?? ''));
  const context = {
    podName: pod.metadata.name ?? '',
    containerName: name,
    env,
    interactive: Boolean(spec.stdin && spec.tty),
    startedAtMs: fromMs,
  };
  const run = runOf(model, context, argvOf(model, spec, env));
  const entries: LogEntry[] = [];
  const endMs = Math.min(nowMs, untilMs + 1_000) - fromMs;
  for (const { afterMs, stream, text } of run?.logs(endMs) ?? []) {
    if (afterMs > endMs) break;
    const atMs = fromMs + afterMs;
    if (request.sinceMs !== undefined && atMs < request.sinceMs) continue;
    entries.push({ atMs, stream, text: text.slice(0, LINE_LENGTH_MAX) });
    // Twice the limit, then one cut: no shifting line by line.
    if (entries.length >= 2 * LINES_MAX) entries.splice(0, LINES_MAX);
  }
  return entries.slice(-Math.min(request.tailLines ?? LINES_MAX, LINES_MAX) || entries.length);
}
