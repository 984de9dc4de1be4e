import type { Container } from '#kinds';
import { builtinOf } from '../shell/builtins.js';
import { runOnce, runScript } from '../shell/script-run.js';
import { finish, type ImageModel, type Run, type RunContext, serve } from './image.js';

const SHELL = /^(?:\/usr)?(?:\/bin\/)?(?:ba|da|a|z)?sh$/;

/** What variables may add to one command line, as the kernel limits it. */
const EXPANSION_LENGTH_MAX = 131_072;

const VARIABLE = /\$\(([A-Za-z_][\w.-]*)\)|\$\$/g;

/** `$(NAME)` in command and args, as the kubelet (not a shell) puts it in; unknown names stay, `$$` is a `$`. */
function expand(words: readonly string[], env: ReadonlyMap<string, string>): string[] {
  let added = 0;
  const valueOf = (match: string, name?: string) => {
    if (name === undefined) return '$';
    const value = env.get(name) ?? match;
    added += value.length;
    return added > EXPANSION_LENGTH_MAX ? '' : value;
  };
  return words.map((word) => word.replaceAll(VARIABLE, valueOf));
}

/** What is run: command replaces entrypoint and drops cmd, args replaces cmd. */
export function argvOf(image: ImageModel, container: Container, env: ReadonlyMap<string, string>): string[] {
  const { command = [], args = [] } = container;
  if (command.length > 0) return expand([...command, ...args], env);
  return [...image.entrypoint, ...(args.length > 0 ? expand(args, env) : image.cmd)];
}

/** The life of `argv` in a container of `image`; undefined: there is no such program in it. */
export function runOf(image: ImageModel, context: RunContext, argv: readonly string[]): Run | undefined {
  const [program = '', ...args] = argv;
  if (SHELL.test(program)) return shellRun(image, context, args);
  const own = image.run(context, argv);
  if (own) return own;
  if (!builtinOf(program)) return undefined;
  return runScript(argv.map(quoted).join(' '), context, () => undefined) ?? finish({ afterMs: 10, code: 0 });
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

function shellRun(image: ImageModel, context: RunContext, args: readonly string[]): Run {
  const option = args.findIndex((arg) => /^-[a-z]*c[a-z]*$/.test(arg));
  if (option < 0) {
    // A shell without a script: it waits for a terminal, or sees the end of its input at once.
    return context.interactive || args.length > 0 ? serve({ onStop: 'ignores' }) : finish({ afterMs: 10, code: 0 });
  }
  const programs = (argv: readonly string[]) => (builtinOf(argv[0] ?? '') ? undefined : image.run(context, argv));
  return runScript(args[option + 1] ?? '', context, programs) ?? serve({ onStop: 'ignores' });
}

/** What a command comes to when it is run in a container beside its process: an exec probe or hook. */
export function execIn(
  image: ImageModel,
  context: RunContext,
  run: Run,
  atMs: number,
  argv: readonly string[],
): { code: number; output: string } {
  const [program = '', ...args] = argv;
  // Programs of the image (pg_isready, redis-cli) are taken to say that all is well; a bare shell image has none.
  const programs = (own: readonly string[]) =>
    builtinOf(own[0] ?? '') || image.entrypoint.length === 0 ? undefined : finish({ afterMs: 10, code: 0 });
  const script = SHELL.test(program)
    ? (args.find((_arg, at) => /^-[a-z]*c$/.test(args[at - 1] ?? '')) ?? '')
    : argv.map(quoted).join(' ');
  return runOnce(script, context, programs, (path) => run.hasFile?.(path, atMs));
}
