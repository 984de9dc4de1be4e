/**
 * `npm run generate`: writes what is derived from other sources (never committed, see .gitignore). Does nothing for a
 * generator whose inputs are as they were. Must not import anything generated.
 */
import { kindsGenerator } from './generate/kinds.js';
import { prismaGenerator } from './generate/prisma.js';
import { runGenerator, type Generator } from './generate/generator.js';

/** One file each in tools/generate/; they do not depend on each other. */
const generators: readonly Generator[] = [kindsGenerator, prismaGenerator];

const rootDir = new URL('..', import.meta.url);
for (const generator of generators) {
  const done = await runGenerator(generator, rootDir);
  if (done === 'written') console.log(`generated ${generator.name}`);
}
