import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Something derived. All paths are relative to the root of the repository. */
export interface Generator {
  readonly name: string;
  /** Files whose bytes decide the output, the generator's own sources among them. */
  readonly inputs: readonly string[];
  /** Folder of the outputs; also holds the stamp of the inputs. */
  readonly outputDir: string;
  readonly outputs: readonly string[];
  /** Text per name in `outputs`; undefined when `run` writes the files itself. */
  run(rootDir: URL): Promise<Record<string, string> | undefined> | Record<string, string> | undefined;
}

/** Hash of all inputs; a file that is missing counts as empty, so that its arrival is a change. */
function stampOf(inputs: readonly string[], rootDir: URL): string {
  const hash = createHash('sha256');
  for (const input of inputs) {
    const url = new URL(input, rootDir);
    hash.update(input).update('\0');
    if (existsSync(url)) hash.update(readFileSync(url));
  }
  return hash.digest('hex');
}

/** Runs `generator` unless its stamp says that the outputs are already those of these inputs. */
export async function runGenerator(generator: Generator, rootDir: URL): Promise<'written' | 'unchanged'> {
  const dir = new URL(`${generator.outputDir}/`, rootDir);
  const stampFile = new URL(`.${generator.name}.stamp`, dir);
  const stamp = stampOf(generator.inputs, rootDir);
  const isThere = generator.outputs.every((name) => existsSync(new URL(name, dir)));
  if (isThere && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return 'unchanged';

  mkdirSync(dir, { recursive: true });
  const files = (await generator.run(rootDir)) ?? {};
  for (const [name, text] of Object.entries(files)) writeFileSync(new URL(name, dir), text);
  writeFileSync(stampFile, stamp);
  return 'written';
}
