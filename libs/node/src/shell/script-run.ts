import type { Exit, LogLine, Run, RunContext, StopReaction } from '../images/image.js';
import { builtinOf, Files, type Outcome, type ShellState } from './builtins.js';
import { type Command, parseScript, type Script, ScriptError } from './parse.js';
import { splitWords } from './words.js';

/** Commands run to find out how a script ends; one that goes on beyond is taken to go on forever. */
const STEPS_TO_KNOW_MAX = 2_000;
/** Commands run to show its output. */
const STEPS_TO_SHOW_MAX = 100_000;
/** Commands run for one probe. */
const STEPS_TO_PROBE_MAX = 200;
/** What a command takes at least, so that no loop is endless in no time. */
const STEP_MS = 1;

/** Programs of the image itself; undefined: it has no such command. */
export type Programs = (argv: readonly string[]) => Run | undefined;

class Exited extends Error {
  constructor(readonly code: number) {
    super('exit');
  }
}
/** Thrown by a command that never returns. */
class RunsOn extends Error {
  constructor(readonly run: Run | undefined) {
    super('runs on');
  }
}
class OutOfSteps extends Error {}
class LoopControl extends Error {
  constructor(readonly kind: 'break' | 'continue') {
    super(kind);
  }
}

/**
 * Runs a script on a clock of its own: `sleep` moves that clock, nothing waits. Output comes as the generator is drawn.
 * A tiny honest model: what it does not know as a command is 'not found', what it cannot parse is not run at all.
 */
class ScriptRunner {
  readonly state: ShellState;
  private steps = 0;
  /** Changes of files in order: [path, at, present]. */
  readonly fileChanges: [string, number, boolean][] = [];

  constructor(
    context: RunContext,
    private readonly programs: Programs,
    private readonly stepsMax: number,
    before: (path: string) => boolean = isSystemFile,
  ) {
    this.state = {
      nowMs: 0,
      startedAtMs: context.startedAtMs,
      variables: new Map(context.env),
      files: new Files(before, (path, present) => this.fileChanges.push([path, this.state.nowMs, present])),
      hostname: context.podName,
      trapsTerm: false,
    };
  }

  *list(script: Script): Generator<LogLine, number> {
    let code = 0;
    for (const { after, command, background } of script) {
      if ((after === '&&' && code !== 0) || (after === '||' && code === 0)) continue;
      code = background ? 0 : yield* this.command(command);
    }
    return code;
  }

  private *command(command: Command): Generator<LogLine, number> {
    switch (command.kind) {
      case 'simple':
        return yield* this.simple(command.text, command.writesTo);
      case 'group':
        return yield* this.list(command.body);
      case 'if': {
        for (const { test, body } of command.branches)
          if ((yield* this.list(test)) === 0) return yield* this.list(body);
        return yield* this.list(command.otherwise);
      }
      case 'loop':
        while (((yield* this.list(command.test)) === 0) !== command.until) {
          if ((yield* this.body(command.body)) === 'break') break;
        }
        return 0;
      case 'for':
        for (const word of this.words(command.words)) {
          this.state.variables.set(command.name, word);
          if ((yield* this.body(command.body)) === 'break') break;
        }
        return 0;
    }
  }

  /** Counted for rounds as for commands: a loop may be empty. */
  private step(): void {
    if (++this.steps > this.stepsMax) throw new OutOfSteps();
  }

  private *body(script: Script): Generator<LogLine, 'break' | undefined> {
    this.step();
    try {
      yield* this.list(script);
    } catch (error) {
      if (!(error instanceof LoopControl)) throw error;
      if (error.kind === 'break') return 'break';
    }
    return undefined;
  }

  /** Words with variables and `$(seq …)`, `$(date)`, `$(hostname)` put in. */
  private words(text: string): string[] {
    const substituted = text.replaceAll(/\$\(\(?([^()]*)\)?\)/g, (_match, inner: string) => {
      const [name = '', ...args] = splitWords(inner, (variable) => this.state.variables.get(variable));
      if (name === 'seq') return sequence(args).join(' ');
      return (builtinOf(name)?.(this.state, args).out ?? '').replaceAll('\n', ' ');
    });
    return splitWords(substituted, (variable) => this.state.variables.get(variable));
  }

  private *simple(text: string, writesTo: string | undefined): Generator<LogLine, number> {
    this.step();
    const words = this.words(text);
    while (/^[A-Za-z_]\w*=/.test(words[0] ?? '')) {
      const assignment = words.shift()!;
      this.state.variables.set(
        assignment.slice(0, assignment.indexOf('=')),
        assignment.slice(assignment.indexOf('=') + 1),
      );
    }
    const outcome = words.length === 0 ? { code: 0 } : this.execute(words);
    if (writesTo) this.state.files.set(writesTo, true);
    if (outcome.out !== undefined && writesTo === undefined) yield* this.print('stdout', outcome.out);
    if (outcome.err !== undefined) yield* this.print('stderr', outcome.err);
    if (outcome.forever) throw new RunsOn(outcome.run);
    this.state.nowMs += STEP_MS;
    return outcome.code;
  }

  private execute(words: readonly string[]): Outcome {
    const [name = '', ...args] = words;
    if (name === 'exit') throw new Exited(Number.parseInt(args[0] ?? '0', 10) & 255);
    if (name === 'break' || name === 'continue') throw new LoopControl(name);
    if (name === 'exec') return args.length === 0 ? { code: 0 } : this.execute(args);
    if (name === '!') return { code: this.execute(args).code === 0 ? 1 : 0 };
    const run = this.programs(words);
    if (run) {
      if (!run.exit) return { code: 0, forever: true, run };
      this.state.nowMs += run.exit.afterMs;
      return { code: run.exit.code };
    }
    const builtin = builtinOf(name);
    return builtin ? builtin(this.state, args) : { code: 127, err: `sh: ${name}: not found` };
  }

  private *print(stream: LogLine['stream'], text: string): Generator<LogLine> {
    for (const line of text.split('\n')) yield { afterMs: this.state.nowMs, stream, text: line };
  }
}

/** Paths that are there in every image. */
const isSystemFile = (path: string) => /^\/(?:$|(?:bin|dev|etc|proc|sys|usr|var)(?:\/|$)|tmp\/?$)/.test(path);

/** `seq LAST`, `seq FIRST LAST`; at most a thousand. */
function sequence(args: readonly string[]): number[] {
  const first = args.length > 1 ? Number(args[0]) : 1;
  const last = Number(args.at(-1));
  const length = Math.min(1_000, Math.max(0, Math.floor(last - first + 1)) || 0);
  return Array.from({ length }, (_, index) => first + index);
}

interface Ending {
  readonly exit: Exit | undefined;
  readonly run: Run | undefined;
}

function ending(runner: ScriptRunner, script: Script, hear: (line: LogLine) => void = () => {}): Ending {
  try {
    const drawn = runner.list(script);
    let next = drawn.next();
    while (!next.done) {
      hear(next.value);
      next = drawn.next();
    }
    return { exit: { afterMs: runner.state.nowMs, code: next.value }, run: undefined };
  } catch (error) {
    if (error instanceof Exited) return { exit: { afterMs: runner.state.nowMs, code: error.code }, run: undefined };
    if (error instanceof RunsOn) return { exit: undefined, run: error.run };
    if (error instanceof OutOfSteps) return { exit: undefined, run: undefined };
    throw error;
  }
}

function* output(runner: ScriptRunner, script: Script, untilMs: number): Generator<LogLine> {
  try {
    for (const line of runner.list(script)) {
      if (line.afterMs > untilMs) return;
      yield line;
    }
  } catch (error) {
    if (error instanceof RunsOn && error.run) {
      const sinceMs = runner.state.nowMs;
      for (const line of error.run.logs(untilMs - sinceMs)) yield { ...line, afterMs: line.afterMs + sinceMs };
    } else if (!(error instanceof Exited || error instanceof RunsOn || error instanceof OutOfSteps)) throw error;
  }
}

/** A shell as PID 1 does nothing on SIGTERM unless it traps it. */
const TRAPPED_STOP: StopReaction = { afterMs: 100, code: 0 };

/** The life of `sh -c text`; undefined when the text is outside the modelled grammar. */
export function runScript(text: string, context: RunContext, programs: Programs): Run | undefined {
  let script: Script;
  try {
    script = parseScript(text);
  } catch (error) {
    if (error instanceof ScriptError) return undefined;
    throw error;
  }
  const runner = new ScriptRunner(context, programs, STEPS_TO_KNOW_MAX);
  const { exit, run } = ending(runner, script);
  const { fileChanges } = runner;
  const known = new Map<string, [number, boolean][]>();
  for (const [path, atMs, present] of fileChanges) {
    const changes = known.get(path);
    if (changes) changes.push([atMs, present]);
    else known.set(path, [[atMs, present]]);
  }
  return {
    ...(exit ? { exit } : {}),
    onStop: run?.onStop ?? (runner.state.trapsTerm ? TRAPPED_STOP : 'ignores'),
    ports: run?.ports ?? [],
    readyAfterMs: run ? runner.state.nowMs + run.readyAfterMs : 0,
    logs: (untilMs) => output(new ScriptRunner(context, programs, STEPS_TO_SHOW_MAX), script, untilMs),
    hasFile: (path, atMs) => known.get(path)?.findLast(([changedMs]) => changedMs <= atMs)?.[1],
    fileChangesMs: fileChanges.map(([, atMs]) => atMs),
  };
}

/** The exit code and last words of a command run beside a process (an exec probe), with the files as they are then. */
export function runOnce(
  text: string,
  context: RunContext,
  programs: Programs,
  hasFile: (path: string) => boolean | undefined,
): { code: number; output: string } {
  let script: Script;
  try {
    script = parseScript(text);
  } catch (error) {
    if (error instanceof ScriptError) return { code: 0, output: '' };
    throw error;
  }
  const runner = new ScriptRunner(context, programs, STEPS_TO_PROBE_MAX, (path) => hasFile(path) ?? isSystemFile(path));
  const words: string[] = [];
  const drawn = ending(runner, script, (line) => words.push(line.text));
  return { code: drawn.exit?.code ?? 0, output: words.join('\n') };
}
