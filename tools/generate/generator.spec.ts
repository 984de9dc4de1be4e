import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Generator, runGenerator } from './generator.js';
import { kindsGenerator } from './kinds.js';

const root = new URL('../../', import.meta.url);

describe('runGenerator', () => {
  let dir: string;
  let rootDir: URL;
  let runs: number;
  const generator: Generator = {
    name: 'copy',
    inputs: ['in.txt'],
    outputDir: 'out',
    outputs: ['out.txt'],
    run: (from) => {
      runs++;
      return { 'out.txt': readFileSync(new URL('in.txt', from), 'utf8') };
    },
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'generator-'));
    rootDir = pathToFileURL(`${dir}/`);
    runs = 0;
    writeFileSync(join(dir, 'in.txt'), 'one');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('works once for the same inputs', async () => {
    expect(await runGenerator(generator, rootDir)).toBe('written');
    expect(await runGenerator(generator, rootDir)).toBe('unchanged');
    expect(runs).toBe(1);
  });

  it('works again when an input changed or an output is gone', async () => {
    await runGenerator(generator, rootDir);
    writeFileSync(join(dir, 'in.txt'), 'two');
    expect(await runGenerator(generator, rootDir)).toBe('written');
    expect(readFileSync(join(dir, 'out/out.txt'), 'utf8')).toBe('two');
    rmSync(join(dir, 'out/out.txt'));
    expect(await runGenerator(generator, rootDir)).toBe('written');
  });
});

describe('kindsGenerator', () => {
  it('writes types of raw JSON: times are text, quantities too, roots have metadata', async () => {
    const types = (await kindsGenerator.run(root))!['types.ts']!;
    expect(types).toContain('export interface Pod extends KubeObject {\n  spec: PodSpec;\n  status?: PodStatus;\n}');
    expect(types).toContain('  lastTransitionTime?: string;');
    expect(types).toContain('  port: number | string;');
    expect(types).toContain('  limits?: Record<string, string>;');
    expect(types).toContain("  'x-kubernetes-validations'?: ValidationRule[];");
    expect(types).not.toMatch(/interface (ObjectMeta|V1alpha2ResourceClaim) /);
  });
});
