import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Generator } from './generator.js';

const OUTPUT = 'libs/storage/src/generated/prisma';

/** Prisma's client for the low-rate tables. */
export const prismaGenerator: Generator = {
  name: 'prisma',
  inputs: ['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json', 'tools/generate/prisma.ts'],
  outputDir: OUTPUT,
  outputs: ['client.ts'],
  async run(rootDir) {
    const root = fileURLToPath(rootDir);
    rmSync(new URL(`${OUTPUT}/`, rootDir), { recursive: true, force: true });
    // The client needs no engine; naming any file keeps Prisma from downloading one. Nor shall it look for updates.
    const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' };
    const cli = fileURLToPath(new URL('node_modules/prisma/build/index.js', rootDir));
    await promisify(execFile)(process.execPath, [cli, 'generate', '--no-hints'], { cwd: root, env });
    return undefined;
  },
};
