import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../../dist/apps/server/src/main.js');
/** Below jest's own limit, so that the failure tells what the server printed. */
const START_LIMIT_MS = 45_000;

/** A port that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The real server, as `npm start` runs it, on a directory and ports of its own. */
export class ServerProcess {
  readonly output: string[] = [];
  readonly ended: Promise<Ended>;
  private readonly waiters = new Set<() => void>();

  private constructor(
    readonly dataDir: string,
    readonly httpsPort: number,
    readonly httpPort: number,
    private readonly child: ChildProcess,
  ) {
    const collect = (chunk: Buffer) => {
      this.output.push(chunk.toString());
      for (const wake of this.waiters) wake();
    };
    child.stdout!.on('data', collect);
    child.stderr!.on('data', collect);
    this.ended = new Promise((resolve) =>
      child.once('exit', (code, signal) => {
        resolve({ code, signal });
        for (const wake of this.waiters) wake();
      }),
    );
  }

  /** Starts on a new directory, or on that of an earlier run. Does not wait. */
  static async spawn(env: Record<string, string> = {}, like?: ServerProcess): Promise<ServerProcess> {
    const dataDir = env.SANDKUBE_DATA_DIR ?? like?.dataDir ?? mkdtempSync(join(tmpdir(), 'sandkube-e2e-'));
    const httpsPort = Number(env.SANDKUBE_HTTPS_PORT ?? like?.httpsPort ?? (await freePort()));
    const httpPort = Number(env.SANDKUBE_HTTP_PORT ?? like?.httpPort ?? (await freePort()));
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        SANDKUBE_DATA_DIR: dataDir,
        SANDKUBE_HTTPS_PORT: String(httpsPort),
        SANDKUBE_HTTP_PORT: String(httpPort),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServerProcess(dataDir, httpsPort, httpPort, child);
  }

  /** Starts and waits for the line `ready in … ms`. */
  static async start(env: Record<string, string> = {}, like?: ServerProcess): Promise<ServerProcess> {
    const server = await ServerProcess.spawn(env, like);
    try {
      await server.untilOutput(/^ready in \d+ ms$/m);
    } catch (error) {
      // Nobody else knows of it, and jest would wait for it.
      await server.kill();
      throw error;
    }
    return server;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get kubeconfig(): string {
    return join(this.dataDir, 'kubeconfig');
  }

  get url(): string {
    return `https://127.0.0.1:${this.httpsPort}`;
  }

  get text(): string {
    return this.output.join('');
  }

  /** Resolves when the output matches; rejects, with the output, when the server ends or the limit passes first. */
  untilOutput(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (error?: Error) => {
        clearTimeout(limit);
        this.waiters.delete(check);
        if (error) reject(error);
        else resolve();
      };
      const check = () => {
        if (pattern.test(this.text)) return finish();
        if (this.child.exitCode !== null || this.child.signalCode !== null) {
          finish(new Error(`the server ended before ${pattern}:\n${this.text}`));
        }
      };
      const limit = setTimeout(
        () => finish(new Error(`no ${pattern} within the limit:\n${this.text}`)),
        START_LIMIT_MS,
      );
      this.waiters.add(check);
      check();
    });
  }

  /** SIGKILL, as a crash. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** SIGTERM; resolves with how it ended. */
  async stop(): Promise<Ended> {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  /** Ends it and removes its directory: what afterAll calls. */
  async dispose(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
