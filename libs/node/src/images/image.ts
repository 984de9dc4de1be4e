/** A line a process writes, with its distance from the process's start. */
export interface LogLine {
  readonly afterMs: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** How a process ends by itself. */
export interface Exit {
  readonly afterMs: number;
  readonly code: number;
}

/** What happens when PID 1 is asked to stop; 'ignores': it is killed when its grace is over. */
export type StopReaction = Exit | 'ignores';

/**
 * The whole life of one process, known from its start: so a running container costs nothing between its turns, logs
 * are worked out when they are read, and a restarted server finds everything as it was.
 */
export interface Run {
  /** Absent: it runs until it is stopped. */
  readonly exit?: Exit;
  readonly onStop: StopReaction;
  /** TCP ports it listens on once `readyAfterMs` is over; 'any' where the program is not known. */
  readonly ports: readonly number[] | 'any';
  readonly readyAfterMs: number;
  /** Its output in order; called again for every read, ends where the output ends or `untilMs` is passed. */
  logs(untilMs: number): Iterable<LogLine>;
  /** What it answers to a GET once it listens; absent: 200 to all. */
  httpStatus?(path: string): number;
  /** Whether a file that the process made or removed is there `atMs` after the start; undefined: it never touched it. */
  hasFile?(path: string, atMs: number): boolean | undefined;
  /** When `hasFile` may begin to answer differently, in order. */
  readonly fileChangesMs?: readonly number[];
}

/** What a process sees. */
export interface RunContext {
  readonly podName: string;
  readonly containerName: string;
  readonly env: ReadonlyMap<string, string>;
  /** It has a terminal and an open stdin: shells wait instead of ending. */
  readonly interactive: boolean;
  /** A wall clock reading at the start, for log lines that carry times. */
  readonly startedAtMs: number;
}

/** One container image as a model; one file, one row in images.ts. */
export interface ImageModel {
  /** Repositories it stands for, as people write them, without tag: ['nginx', 'docker.io/library/nginx']. */
  readonly names: readonly string[];
  /** As pulled (compressed). */
  readonly sizeBytes: number;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** What the image does with `argv`; undefined: it is not the image's own program, so the shell's model decides. */
  run(context: RunContext, argv: readonly string[]): Run | undefined;
}

const NO_PORTS: readonly number[] = [];

/** A process that runs until stopped. */
export function serve(options: {
  ports?: readonly number[] | 'any';
  readyAfterMs?: number;
  onStop: StopReaction;
  logs?: readonly LogLine[];
  httpStatus?: (path: string) => number;
}): Run {
  return {
    ...(options.httpStatus ? { httpStatus: options.httpStatus } : {}),
    onStop: options.onStop,
    ports: options.ports ?? NO_PORTS,
    readyAfterMs: options.readyAfterMs ?? 0,
    logs: () => options.logs ?? [],
  };
}

/** A process that ends by itself. */
export function finish(exit: Exit, logs: readonly LogLine[] = []): Run {
  return { exit, onStop: exit, ports: NO_PORTS, readyAfterMs: 0, logs: () => logs };
}

/** Lines written one after another from `afterMs` on. */
export function lines(texts: readonly string[], afterMs = 0, stream: LogLine['stream'] = 'stdout'): LogLine[] {
  return texts.map((text, index) => ({ afterMs: afterMs + index, stream, text }));
}
