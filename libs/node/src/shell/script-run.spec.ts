import { describe, expect, it } from '@jest/globals';
import { finish, type RunContext, serve } from '../images/image.js';
import { runScript } from './script-run.js';

const context: RunContext = {
  podName: 'web',
  containerName: 'app',
  env: new Map([['NAME', 'world']]),
  interactive: false,
  startedAtMs: Date.parse('2026-01-01T00:00:00Z'),
};
const programs = ([name]: readonly string[]) =>
  name === 'serve'
    ? serve({ ports: [80], onStop: { afterMs: 5, code: 0 } })
    : name === 'work'
      ? finish({ afterMs: 500, code: 4 })
      : undefined;

function lifeOf(script: string) {
  const run = runScript(script, context, programs)!;
  return { run, exit: run.exit, out: [...run.logs(60_000)].map(({ text }) => text) };
}

const ENDINGS: readonly (readonly [script: string, seconds: number, code: number, out: readonly string[]])[] = [
  ['true', 0, 0, []],
  ['false', 0, 1, []],
  ['exit 3', 0, 3, []],
  ['echo "hello $NAME"; sleep 5', 5, 0, ['hello world']],
  ["echo '$NAME' && false || echo no", 0, 0, ['$NAME', 'no']],
  ['sleep 1m; sleep 0.5', 60.5, 0, []],
  ['for i in 1 2 3; do echo $i; sleep 1; done', 3, 0, ['1', '2', '3']],
  ['for i in $(seq 2 4); do echo n$i; done', 0, 0, ['n2', 'n3', 'n4']],
  ['if [ -f /tmp/x ]; then echo yes; else echo no; fi', 0, 0, ['no']],
  ['touch /tmp/x; if [ -f /tmp/x ]; then echo yes; fi', 0, 0, ['yes']],
  ['echo data > /tmp/x; cat /tmp/x && echo there', 0, 0, ['there']],
  ['nosuch; echo $NAME', 0, 0, ['sh: nosuch: not found', 'world']],
  ['nosuch', 0, 127, ['sh: nosuch: not found']],
  ['A=1; B=${A}2; echo ${B}; echo ${C:-none}', 0, 0, ['12', 'none']],
  ['i=0; while [ $i != xxx ]; do i=${i#}; break; done; echo out', 0, 0, ['out']],
  ['work', 0.5, 4, []],
  ['set -e\n# a comment\necho one\necho two # more', 0, 0, ['one', 'two']],
  ['date', 0, 0, ['Thu Jan  1 00:00:00 UTC 2026']],
];

describe('a script that ends', () => {
  it.each(ENDINGS)('%s', (script, seconds, code, out) => {
    const life = lifeOf(script);
    expect(life.exit?.code).toBe(code);
    expect(Math.round(life.exit!.afterMs / 100) / 10).toBe(seconds);
    expect(life.out).toEqual(out);
  });
});

describe('a script that goes on', () => {
  it.each(['sleep infinity', 'tail -f /dev/null', 'while true; do sleep 1; done', 'sleep 10 & while :; do :; done'])(
    '%s',
    (script) => {
      const { run } = lifeOf(script);
      expect([run.exit, run.onStop]).toEqual([undefined, 'ignores']);
    },
  );

  it('writes as long as it is read', () => {
    const { run } = lifeOf('while true; do echo tick; sleep 10; done');
    expect([...run.logs(35_000)].map(({ afterMs, text }) => [Math.round(afterMs / 1_000), text])).toEqual([
      [0, 'tick'],
      [10, 'tick'],
      [20, 'tick'],
      [30, 'tick'],
    ]);
  });

  it('stops when it traps TERM', () => {
    expect(lifeOf("trap 'exit 0' TERM; while true; do sleep 1; done").run.onStop).toEqual({ afterMs: 100, code: 0 });
  });

  it('is the program that it starts', () => {
    const { run } = lifeOf('sleep 2; exec serve');
    expect([run.ports, Math.round(run.readyAfterMs / 1_000), run.onStop]).toEqual([[80], 2, { afterMs: 5, code: 0 }]);
  });

  it('knows its files over time', () => {
    const { run } = lifeOf('touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600');
    expect([10, 20_000, 40_000].map((atMs) => run.hasFile?.('/tmp/healthy', atMs))).toEqual([true, true, false]);
  });
});

describe('hostile scripts', () => {
  it.each([
    [
      'nested empty loops',
      'for a in $(seq 1 1000); do for b in $(seq 1 1000); do for c in $(seq 1 1000); do done; done; done',
    ],
    ['no test, no body', 'while do done'],
    ['doubling', 'a=xxxxxxxxxx; while true; do a=$a$a$a$a; echo $a; done'],
    ['a constructor', 'constructor; __proto__; echo $constructor'],
  ])('%s', (_what, script) => {
    const started = performance.now();
    lifeOf(script);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it.each([
    ['pipes', 'cat x | grep y'],
    ['too deep', '('.repeat(100)],
    ['too long', 'x'.repeat(20_000)],
    ['unclosed', 'if true; then'],
  ])('refuses %s', (_what, script) => {
    expect(runScript(script, context, programs)).toBeUndefined();
  });
});
