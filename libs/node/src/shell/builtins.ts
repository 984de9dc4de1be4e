import type { Run } from '../images/image.js';

/** The files that matter to a script: what it made and removed, over what was there before. */
export class Files {
  private readonly own = new Map<string, boolean>();

  constructor(
    private readonly before: (path: string) => boolean,
    private readonly changed: (path: string, present: boolean) => void = () => {},
  ) {}

  has(path: string): boolean {
    return this.own.get(path) ?? this.before(path);
  }

  set(path: string, present: boolean): void {
    if (this.has(path) === present) return;
    this.own.set(path, present);
    this.changed(path, present);
  }
}

/** What a running script can see and change. */
export interface ShellState {
  /** Since the script's start. */
  nowMs: number;
  readonly startedAtMs: number;
  readonly variables: Map<string, string>;
  readonly files: Files;
  readonly hostname: string;
  /** Set by `trap … TERM`: it ends on its own when asked to. */
  trapsTerm: boolean;
}

/** What came of one command. `forever`: it never returns; `run` then says what it is doing. */
export interface Outcome {
  readonly code: number;
  readonly out?: string;
  readonly err?: string;
  readonly forever?: boolean;
  readonly run?: Run;
}

/** Beyond this a sleep is as good as forever; keeps times exact. */
const SLEEP_SECONDS_MAX = 100 * 365 * 86_400;
const UNIT_SECONDS: Record<string, number> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 };

const ok: Outcome = { code: 0 };

function sleep(state: ShellState, args: readonly string[]): Outcome {
  let seconds = 0;
  for (const arg of args) {
    if (/^inf(inity)?$/.test(arg)) return { code: 0, forever: true };
    const match = /^(\d{1,15}(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(arg);
    if (!match) return { code: 1, err: `sleep: invalid number '${arg}'` };
    seconds += Number(match[1]) * UNIT_SECONDS[match[2]!]!;
  }
  if (args.length === 0) return { code: 1, err: 'BusyBox v1.37.0 multi-call binary.\n\nUsage: sleep [N]...' };
  if (seconds > SLEEP_SECONDS_MAX) return { code: 0, forever: true };
  state.nowMs += seconds * 1_000;
  return ok;
}

function test(state: ShellState, words: readonly string[]): Outcome {
  const [a = '', b, c] = words;
  const yes = (holds: boolean): Outcome => ({ code: holds ? 0 : 1 });
  if (a === '!') return yes(test(state, words.slice(1)).code !== 0);
  if (words.length === 1) return yes(a !== '');
  if (words.length === 2) {
    if (/^-[efdrswx]$/.test(a)) return yes(state.files.has(b!));
    if (a === '-z') return yes(b === '');
    if (a === '-n') return yes(b !== '');
  }
  if (b === '=' || b === '==') return yes(a === c);
  if (b === '!=') return yes(a !== c);
  const numeric: Record<string, (x: number, y: number) => boolean> = {
    '-eq': (x, y) => x === y,
    '-ne': (x, y) => x !== y,
    '-lt': (x, y) => x < y,
    '-le': (x, y) => x <= y,
    '-gt': (x, y) => x > y,
    '-ge': (x, y) => x >= y,
  };
  const compare = b !== undefined && Object.hasOwn(numeric, b) ? numeric[b] : undefined;
  return compare ? yes(compare(Number(a), Number(c))) : { code: 2, err: 'sh: test: unknown operand' };
}

function echo(args: readonly string[]): Outcome {
  const options = args.findIndex((arg) => !/^-[neE]+$/.test(arg));
  const text = args.slice(options < 0 ? args.length : options).join(' ');
  const escapes = args.slice(0, Math.max(0, options)).some((option) => option.includes('e'));
  return { code: 0, out: escapes ? text.replaceAll('\\n', '\n').replaceAll('\\t', '\t') : text };
}

const operands = (args: readonly string[]) => args.filter((arg) => !arg.startsWith('-'));

function cat(state: ShellState, args: readonly string[]): Outcome {
  const missing = operands(args).find((path) => !state.files.has(path));
  if (missing !== undefined) return { code: 1, err: `cat: can't open '${missing}': No such file or directory` };
  // Nothing on standard input ends it at once.
  return { code: 0 };
}

function change(state: ShellState, args: readonly string[], present: boolean): Outcome {
  for (const path of operands(args)) state.files.set(path, present);
  return ok;
}

function date(state: ShellState, args: readonly string[]): Outcome {
  const now = new Date(state.startedAtMs + state.nowMs);
  if (args.includes('+%s')) return { code: 0, out: String(Math.floor(now.getTime() / 1_000)) };
  const [, weekday, day, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(now.toUTCString())!;
  return { code: 0, out: `${weekday} ${month} ${day!.replace(/^0/, ' ')} ${time} UTC ${year}` };
}

type Builtin = (state: ShellState, args: readonly string[]) => Outcome;

/** Commands that every shell image has. What talks to the network succeeds: the network is not modelled here. */
const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['sleep', sleep],
  ['true', () => ok],
  [':', () => ok],
  ['false', () => ({ code: 1 })],
  ['echo', (_state, args) => echo(args)],
  ['printf', (_state, args) => ({ code: 0, out: (args[0] ?? '').replaceAll('\\n', '\n').replace(/\n$/, '') })],
  ['test', test],
  ['[', (state, args) => test(state, args.slice(0, -1))],
  ['cat', cat],
  [
    'ls',
    (state, args) => (operands(args).every((path) => path.endsWith('/') || state.files.has(path)) ? ok : { code: 1 }),
  ],
  ['touch', (state, args) => change(state, args, true)],
  ['mkdir', (state, args) => change(state, args, true)],
  ['rm', (state, args) => change(state, args, false)],
  ['tail', (_state, args) => (args.some((arg) => /^-[a-z]*[fF]/.test(arg)) ? { code: 0, forever: true } : ok)],
  ['date', date],
  ['hostname', (state) => ({ code: 0, out: state.hostname })],
  ['env', (state) => ({ code: 0, out: [...state.variables].map(([name, value]) => `${name}=${value}`).join('\n') })],
  ['printenv', (state, args) => ({ code: 0, out: args.map((name) => state.variables.get(name) ?? '').join('\n') })],
  [
    'trap',
    (state, args) => {
      if (args.some((arg) => /^(SIG)?TERM$|^15$/.test(arg))) state.trapsTerm = true;
      return ok;
    },
  ],
  [
    'export',
    (state, args) => {
      for (const arg of args) {
        const eq = arg.indexOf('=');
        if (eq > 0) state.variables.set(arg.slice(0, eq), arg.slice(eq + 1));
      }
      return ok;
    },
  ],
  ...[
    'cd',
    'set',
    'wait',
    'kill',
    'chmod',
    'chown',
    'cp',
    'mv',
    'ln',
    'sync',
    'umask',
    'ulimit',
    'id',
    'whoami',
    'uname',
    'stty',
  ].map((name): [string, Builtin] => [name, () => ok]),
  ...['wget', 'curl', 'nslookup', 'ping', 'nc', 'dd', 'stress', 'apk', 'apt-get', 'pip', 'npm'].map(
    (name): [string, Builtin] => [
      name,
      (state) => {
        state.nowMs += 50;
        return ok;
      },
    ],
  ),
]);

export function builtinOf(name: string): Builtin | undefined {
  return BUILTINS.get(name.replace(/^(\/usr)?\/s?bin\//, ''));
}
