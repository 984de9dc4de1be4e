import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** The kubectl that the machine has: SANDKUBE_TEST_KUBECTL, or the one on PATH. None is an error, not a skip. */
export function kubectlPath(): string {
  const named = process.env.SANDKUBE_TEST_KUBECTL;
  if (named) return named;
  try {
    return execFileSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).trim();
  } catch {
    throw new Error('end-to-end tests need kubectl: run tools/test-setup.sh, or set SANDKUBE_TEST_KUBECTL');
  }
}

/** Every kubectl there is: the usual one, and siblings named kubectl.1.NN beside it. */
export function kubectlVersions(): { version: string; path: string }[] {
  const usual = kubectlPath();
  const folder = dirname(realpathSync(usual));
  const siblings = Array.from({ length: 20 }, (_, i) => `1.${i + 20}`)
    .map((version) => ({ version, path: join(folder, `kubectl.${version}`) }))
    .filter(({ path }) => existsSync(path));
  return siblings.length > 0 ? siblings : [{ version: 'found', path: usual }];
}

/** kubectl against one kubeconfig, with a discovery cache of its own. */
export class Kubectl {
  private readonly home = mkdtempSync(join(tmpdir(), 'sandkube-kubectl-'));

  constructor(
    readonly kubeconfig: string,
    private readonly path = kubectlPath(),
  ) {}

  private get env(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: this.home, KUBECONFIG: this.kubeconfig };
  }

  /** Runs to the end, whatever the exit code. */
  run(args: readonly string[], stdin?: string): Promise<Ran> {
    return new Promise((resolve) => {
      const child = execFile(
        this.path,
        [...args],
        { env: this.env, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) || 1 : 0, stdout, stderr }),
      );
      child.stdin?.end(stdin ?? '');
    });
  }

  /** Runs a line as a user types it (words separated by spaces); fails with stderr when the command does. */
  async ok(line: string, stdin?: string): Promise<string> {
    const ran = await this.run(line.split(' '), stdin);
    if (ran.code !== 0) throw new Error(`kubectl ${line}\nexit ${ran.code}\n${ran.stdout}${ran.stderr}`);
    return ran.stdout;
  }

  /** Runs a line that must fail; gives stderr. */
  async refused(line: string, stdin?: string): Promise<string> {
    const ran = await this.run(line.split(' '), stdin);
    if (ran.code === 0) throw new Error(`kubectl ${line} should have failed\n${ran.stdout}`);
    return ran.stderr;
  }

  async json<T>(line: string): Promise<T> {
    return JSON.parse(await this.ok(`${line} -o json`)) as T;
  }

  /** Runs on, for watches; the caller ends it. */
  background(line: string): { child: ChildProcess; text: () => string } {
    const child = spawn(this.path, line.split(' '), { env: this.env });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return { child, text: () => text };
  }
}

/** Asks until it holds; fails with the last answer when it does not in time. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  holds: (answer: T) => boolean,
  withinMs = 30_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (performance.now() > end)
      throw new Error(`not within ${withinMs} ms; last: ${JSON.stringify(answer)?.slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
