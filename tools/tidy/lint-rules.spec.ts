import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Fixture, makeFixture } from './fixture.js';

/** File, what it says, and the rule that must object; undefined: none may. */
const sources: [string, string, string | undefined][] = [
  ['libs/a/src/any.ts', 'export const a: any = 1;', 'no-explicit-any'],
  ['libs/a/src/log.ts', "console.log('x');", 'no-console'],
  ['apps/server/src/log.ts', "console.log('x');", undefined],
  ['libs/a/src/floating.ts', 'async function f() {}\nf();\nexport {};', 'no-floating-promises'],
  ['libs/a/src/awaited.ts', 'async function f() {}\nawait f();\nexport {};', undefined],
  ['libs/a/src/misused.ts', 'async function f() { return true; }\nif (f()) f;\nexport {};', 'no-misused-promises'],
  ['libs/a/src/thrown.ts', "export function f() { throw 'x'; }", 'only-throw-error'],
  ['libs/a/src/equal.ts', 'export const f = (a: number, b: number) => a == b;', 'eqeqeq'],
  ['libs/a/src/evaluated.ts', "eval('1');", 'no-eval'],
  ['libs/a/src/unused.ts', 'const a = 1;\nexport {};', 'no-unused-vars'],
  [
    'libs/a/src/switched.ts',
    "export function f(a: 'x' | 'y') {\n  switch (a) {\n    case 'x':\n      return 1;\n  }\n  return 2;\n}",
    'switch-exhaustiveness-check',
  ],
  ['libs/a/src/focused.spec.ts', "import { it } from '@jest/globals';\nit.only('a', () => {});", 'no-focused-tests'],
  ['libs/a/src/disabled.spec.ts', "import { it } from '@jest/globals';\nit.skip('a', () => {});", 'no-disabled-tests'],
];

describe('lint', () => {
  let fixture: Fixture;
  let report: string[];

  beforeAll(() => {
    fixture = makeFixture(Object.fromEntries(sources.map(([path, text]) => [path, `${text}\n`])), [
      '.oxlintrc.json',
      'tsconfig.json',
      'package.json',
      'node_modules',
    ]);
    report = fixture.run('oxlint', '--type-aware', '--format', 'unix', '.').split('\n');
  });
  afterAll(() => fixture.remove());

  it.each(sources)('%s: %j', (path, _text, rule) => {
    const objections = report.filter((line) => line.startsWith(`${path}:`));
    if (rule === undefined) expect(objections).toEqual([]);
    else expect(objections).toEqual(expect.arrayContaining([expect.stringContaining(`(${rule})`)]));
  });
});
