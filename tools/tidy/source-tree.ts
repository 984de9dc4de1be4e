import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One file of the repository as rules see it. `path` is relative to the root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** Parsed when first asked for. */
  syntax(): ts.SourceFile;
}

export interface SourceTree {
  readonly files: readonly SourceFile[];
  find(path: string): SourceFile | undefined;
}

/** One thing to mend: where, and what to do about it. */
export interface Finding {
  readonly path: string;
  /** From 1; 0 when it is the whole file. */
  readonly line: number;
  readonly what: string;
}

/** One file in tools/tidy/rules, one row in rules.ts, one violation in rules.spec.ts that shows it works. */
export interface TidyRule {
  readonly name: string;
  check(tree: SourceTree): Finding[];
}

const SKIPPED = new Set(['node_modules', 'dist', 'generated', 'coverage', 'bench-results']);
const ROOTS = ['apps', 'libs', 'test', 'tools'];

export function sourceFile(path: string, text: string): SourceFile {
  let parsed: ts.SourceFile | undefined;
  return {
    path,
    text,
    lines: text.split('\n'),
    syntax: () => (parsed ??= ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)),
  };
}

export function sourceTree(files: readonly SourceFile[]): SourceTree {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return { files, find: (path) => byPath.get(path) };
}

/** All hand-written TypeScript under `root`. */
export function readTree(root: string): SourceTree {
  const files: SourceFile[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name) && !entry.name.startsWith('.')) walk(path);
      } else if (entry.name.endsWith('.ts')) {
        files.push(sourceFile(path, readFileSync(join(root, path), 'utf8')));
      }
    }
  };
  for (const folder of ROOTS) walk(folder);
  return sourceTree(files);
}

/** Specs, what specs of one lib share, and the suites of all. */
export function isTest(path: string): boolean {
  return /\.spec\.ts$|\/spec-[a-z-]+\.ts$|^test\/|^libs\/testing\//.test(path);
}

export function lineOf(node: ts.Node): number {
  const source = node.getSourceFile();
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** Every node of the file, parents before children. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  const stack: ts.Node[] = [node];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    yield next;
    ts.forEachChild(next, (child) => void stack.push(child));
  }
}
