import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Fixture, makeFixture } from './fixture.js';

const DOOR = 'export const door = 1;\n';
const LIBS = [
  'base apimachinery cel kinds storage client auth admission controller-runtime registry',
  'http graphql controllers scheduler node sandboxes testing',
].flatMap((line) => line.split(' '));
const stub = (name: string) => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, main: 'index.js' }),
  [`node_modules/${name}/index.js`]: 'module.exports = {};\n',
});

/** File → what it imports → the rule that forbids it, or undefined where none does. */
const imports: [string, string, string | undefined][] = [
  ['libs/controllers/src/a.ts', '#storage', 'actors-use-the-api'],
  ['libs/scheduler/src/a.ts', '#registry', 'actors-use-the-api'],
  ['libs/node/src/a.ts', '#auth', 'actors-use-the-api'],
  ['libs/node/src/b.ts', '#client', undefined],
  ['libs/controllers/src/b.ts', '#controller-runtime', undefined],
  ['libs/registry/src/a.ts', 'pg', 'one-driver'],
  ['apps/server/src/a.ts', '@prisma/client', 'one-driver'],
  ['libs/storage/src/a.ts', 'pg', undefined],
  ['libs/registry/src/b.ts', '@nestjs/common', 'nest-at-the-edge'],
  ['libs/registry/src/registry.module.ts', '@nestjs/common', undefined],
  ['libs/http/src/a.ts', '@nestjs/common', undefined],
  ['libs/http/src/b.ts', '../../registry/src/inner.js', 'front-door'],
  ['apps/server/src/b.ts', '../../../libs/registry/src/inner.js', 'front-door'],
  ['libs/registry/src/c.ts', './index.js', 'front-door'],
  ['libs/registry/src/d.ts', '#registry', 'front-door'],
  ['libs/registry/src/e.ts', './inner.js', undefined],
  ['libs/client/src/a.ts', './circle.js', 'no-circular'],
  ['libs/base/src/a.ts', '#apimachinery', 'layers'],
  ['libs/kinds/src/a.ts', '#storage', 'layers'],
  ['libs/cel/src/a.ts', '#kinds', 'layers'],
  ['libs/kinds/src/b.ts', '#cel', undefined],
  ['libs/storage/src/b.ts', '#client', 'layers'],
  ['libs/auth/src/a.ts', '#admission', 'layers'],
  ['libs/admission/src/a.ts', '#auth', undefined],
  ['libs/http/src/c.ts', '#graphql', 'layers'],
  ['libs/registry/src/f.ts', '../../../apps/server/src/inner.js', 'layers'],
  ['libs/registry/src/g.ts', '#testing', 'testing-by-specs-only'],
  ['libs/registry/src/g.spec.ts', '#testing', undefined],
  ['libs/registry/src/h.ts', './spec-cluster.js', 'testing-by-specs-only'],
  ['libs/registry/src/i.ts', './nowhere.js', 'resolvable'],
];

const PACKAGE = JSON.stringify({
  type: 'module',
  imports: { '#*': { 'sandkube-source': './libs/*/src/index.ts', default: './dist/libs/*/src/index.js' } },
});

describe('rules of imports', () => {
  let fixture: Fixture;
  let broken: string[];

  beforeAll(() => {
    fixture = makeFixture(
      {
        ...Object.fromEntries(LIBS.map((lib) => [`libs/${lib}/src/index.ts`, DOOR])),
        'libs/registry/src/inner.ts': DOOR,
        'libs/registry/src/spec-cluster.ts': DOOR,
        'libs/client/src/circle.ts': "import './a.js';\n",
        'apps/server/src/inner.ts': DOOR,
        ...stub('pg'),
        ...stub('@prisma/client'),
        ...stub('@nestjs/common'),
        ...Object.fromEntries(imports.map(([path, target]) => [path, `import '${target}';\n`])),
        'package.json': PACKAGE,
      },
      ['.dependency-cruiser.mjs', 'tsconfig.json'],
    );
    const report = fixture.run(
      'depcruise',
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'json',
      'apps',
      'libs',
    );
    const { summary } = JSON.parse(report) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    broken = summary.violations.map(({ from, rule }) => `${from} breaks ${rule.name}`);
  });
  afterAll(() => fixture.remove());

  it.each(imports)('%s importing %s: %s', (path, _target, rule) => {
    const rulesBroken = broken.filter((text) => text.startsWith(`${path} `));
    if (rule === undefined) expect(rulesBroken).toEqual([]);
    else expect(rulesBroken).toContain(`${path} breaks ${rule}`);
  });
});
