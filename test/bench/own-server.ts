import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For how long an event loop kept others waiting. */
export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface OwnServer {
  readonly pid: number;
  readonly kubeconfig: string;
  /** From the start of the process to its line `ready in …`. */
  readonly readyMs: number;
  /** Of its event loop, while `work` is done. */
  loopDelay<T>(work: () => Promise<T>): Promise<{ result: T; delay: LoopDelay }>;
  stop(): Promise<void>;
}

const MAIN = 'dist/apps/server/src/main.js';
const LOOP_DELAY = new URL('loop-delay.mjs', import.meta.url).href;
const READY_MS_MAX = 60_000;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

function untilReady(child: ChildProcess, output: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in time:\n${output.join('')}`)), READY_MS_MAX);
    const hear = (chunk: Buffer) => {
      output.push(chunk.toString());
      if (/^ready in \d+ ms$/m.test(output.join(''))) {
        clearTimeout(timer);
        resolve();
      }
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output.join('')}`)));
  });
}

/** The built server on a directory of its own, gone afterwards. */
export async function startOwnServer(): Promise<OwnServer> {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build`);
  const dataDir = mkdtempSync(join(tmpdir(), 'sandkube-bench-'));
  const [httpsPort, httpPort] = [await freePort(), await freePort()];
  const startMs = performance.now();
  const child = spawn(process.execPath, ['--import', LOOP_DELAY, '--enable-source-maps', MAIN], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      SANDKUBE_DATA_DIR: dataDir,
      SANDKUBE_HTTPS_PORT: String(httpsPort),
      SANDKUBE_HTTP_PORT: String(httpPort),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output: string[] = [];
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await untilReady(child, output);
  } catch (error) {
    await stop();
    throw error;
  }
  const readyMs = performance.now() - startMs;
  const loopDelay = async <T>(work: () => Promise<T>) => {
    child.send('begin');
    const result = await work();
    const delay = new Promise<LoopDelay>((resolve) => child.once('message', (told) => resolve(told as LoopDelay)));
    child.send('end');
    return { result, delay: await delay };
  };
  const kubeconfig = readFileSync(join(dataDir, 'kubeconfig'), 'utf8');
  return { pid: child.pid!, kubeconfig, readyMs, loopDelay, stop };
}
