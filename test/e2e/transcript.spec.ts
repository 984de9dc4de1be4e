import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kubectl, kubectlVersions } from './support/kubectl.js';
import { ServerProcess } from './support/server-process.js';
import { type Command, normalised, parseTranscript, printTranscript } from './support/transcript.js';

const FOLDER = join(import.meta.dirname, 'transcripts');
const FILES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .toSorted();
/** Of issue and README: a number that only grows. */
const COMMANDS_MIN = 150;

/** The oldest, the middle and the newest there is; the newest writes what stands first. */
function chosenVersions(): { version: string; path: string }[] {
  const all = kubectlVersions();
  const chosen = [all.at(-1)!, all[Math.floor(all.length / 2)]!, all[0]!];
  return chosen.filter((one, at) => chosen.indexOf(one) === at);
}

/** UPDATE_GOLDEN=1 writes what was printed; the change is then read and reviewed like any other. */
const UPDATES = process.env.UPDATE_GOLDEN === '1';
const versions = chosenVersions();
const newest = versions[0]!.version;

/** One sandbox and one folder of manifests for each version, so that all see the same cluster from its first day. */
class Desk {
  private readonly folder = mkdtempSync(join(tmpdir(), 'sandkube-transcript-'));

  constructor(
    private readonly kubectlFile: string,
    private readonly kubeconfig: string,
  ) {
    mkdirSync(join(this.folder, 'bin'));
    symlinkSync(this.kubectlFile, join(this.folder, 'bin/kubectl'));
    writeFileSync(join(this.folder, 'config'), this.kubeconfig);
  }

  run(command: string): Promise<string> {
    const env = {
      PATH: `${join(this.folder, 'bin')}:${process.env.PATH}`,
      HOME: this.folder,
      KUBECONFIG: join(this.folder, 'config'),
      // Editors are given as commands, as EDITOR takes them.
      LC_ALL: 'C.UTF-8',
    };
    return new Promise((resolve) => {
      const options = { env, cwd: this.folder, timeout: 55_000, maxBuffer: 16 * 1024 * 1024 };
      execFile('bash', ['-c', `exec 2>&1; ${command}`], options, (error, stdout) => {
        const code = error ? `\n(exit ${error.code})` : '';
        resolve(normalised(stdout) + code);
      });
    });
  }

  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe('transcripts of kubectl sessions', () => {
  let server: ServerProcess;
  const desks = new Map<string, Desk>();
  beforeAll(async () => {
    server = await ServerProcess.start();
    const host = new Kubectl(server.kubeconfig);
    for (const { version, path } of versions) {
      const name = `v${version.replace('.', '-')}`;
      const sandbox = {
        apiVersion: 'sandkube.dev/v1alpha1',
        kind: 'Sandbox',
        metadata: { name },
        spec: { seed: 'transcript' },
      };
      await host.ok('--context host apply -f -', JSON.stringify(sandbox));
      await host.ok(`--context host wait --for=condition=Ready sandbox/${name}`);
      const path64 = `/apis/sandkube.dev/v1alpha1/namespaces/default/sandboxes/${name}/kubeconfig`;
      desks.set(version, new Desk(path, await host.ok(`--context host get --raw ${path64}`)));
    }
  });
  afterAll(async () => {
    for (const desk of desks.values()) desk.clear();
    await server.dispose();
  });

  it(`is long enough: ${COMMANDS_MIN} commands`, () => {
    const count = FILES.flatMap((file) => commandsOf(file)).filter(({ text }) => text.includes('kubectl')).length;
    expect(count).toBeGreaterThanOrEqual(COMMANDS_MIN);
  });

  it.each(FILES)(
    '%s',
    async (file) => {
      const commands = commandsOf(file);
      const printed = new Map<string, string[]>();
      const runs = versions.map(async ({ version }) => {
        const outputs: string[] = [];
        for (const { text } of commands) outputs.push(await desks.get(version)!.run(text));
        printed.set(version, outputs);
      });
      await Promise.all(runs);
      if (UPDATES)
        writeFileSync(join(FOLDER, file), printTranscript(commands.map((one, at) => updated(one, at, printed))));
      for (const { version } of versions) {
        const shown = (outputOf: (command: Command, at: number) => string) =>
          commands.map((command, at) => `$ ${command.text}\n${outputOf(command, at)}`).join('\n\n');
        const expected = shown((command) => command.variants.get(version) ?? command.output);
        const got = shown((_command, at) => printed.get(version)![at]!);
        if (!UPDATES) expect(`kubectl ${version}\n${got}`).toBe(`kubectl ${version}\n${expected}`);
      }
    },
    120_000,
  );
});

function commandsOf(file: string): Command[] {
  return parseTranscript(readFileSync(join(FOLDER, file), 'utf8'));
}

function updated(command: Command, at: number, printed: ReadonlyMap<string, readonly string[]>): Command {
  const output = printed.get(newest)?.[at] ?? '';
  const others = versions.slice(1).map(({ version }) => [version, printed.get(version)?.[at] ?? ''] as const);
  return { ...command, output, variants: new Map(others.filter(([, own]) => own !== output)) };
}
