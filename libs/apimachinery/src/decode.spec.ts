import { describe, expect, it } from '@jest/globals';
import { decodeBody } from './decode.js';
import { duplicateFields } from './duplicate-fields.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const json = (text: string, into?: string) => decodeBody(bytes(text), 'json', into);
const yaml = (text: string) => decodeBody(bytes(text), 'yaml');

describe('JSON bodies', () => {
  it('decodes, finding duplicates when asked', () => {
    const body = json('{"a":1,"spec":{"b":[{"c":1,"c":2},{"c":3}],"b":[]}}');
    expect(body.value).toEqual({ a: 1, spec: { b: [] } });
    expect(body.duplicates).toEqual(['spec.b[0].c', 'spec.b']);
  });

  it.each([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a":1', 'unexpected end of JSON input'],
    ['{"a', 'unexpected end of JSON input'],
    ['tru', 'unexpected end of JSON input'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ['{"a":}', "invalid character '}' looking for beginning of value"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['{"a":trve}', "invalid character 'v' in literal true (expecting 'u')"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    [String.raw`"\q"`, "invalid character 'q' in string escape code"],
    [String.raw`"\u12g4"`, String.raw`invalid character 'g' in \u hexadecimal character escape`],
    ['-x', "invalid character 'x' in numeric literal"],
    ["'a'", String.raw`invalid character '\'' looking for beginning of value`],
  ])('%j: %s', (text, why) => {
    const message = `couldn't get version/kind; json parse error: ${why}`;
    expect(() => json(text)).toThrow(expect.objectContaining({ code: 400, reason: 'BadRequest', message }));
  });

  it.each([
    ['', 'unexpected end of JSON input (<empty>)'],
    ['{"a"', 'unexpected end of JSON input ({"a")'],
    ['xyz', "invalid character 'x' looking for beginning of value (78797a)"],
    [`{"a":"${'b'.repeat(50)}`, `unexpected end of JSON input ({"a":"${'b'.repeat(24)} ...)`],
  ])('says what it wanted and got: %j', (text, why) => {
    expect(() => json(text, 'Pod')).toThrow(
      `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: ${why}`,
    );
  });

  it.each(['[]', 'null', '"x"', '7'])('wants an object, not %s', (text) => {
    expect(() => json(text, 'Pod')).toThrow(/json: cannot unmarshal (array|null|string|number) into Go value of type/);
    expect(() => json(text)).not.toThrow();
  });

  it('refuses nesting beyond 10,000', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => json(nested(10_001))).toThrow('exceeded max depth');
    expect(() => json(nested(10_000))).not.toThrow();
    expect(() => json(`["${'['.repeat(30_000)}\\""]`)).not.toThrow();
    expect(() => json(`${'['.repeat(1_000_000)}`)).toThrow(expect.objectContaining({ code: 400 }));
  });

  it('keeps __proto__ as an own field', () => {
    const { value } = json('{"__proto__":{"a":1}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

describe('duplicateFields', () => {
  it.each([
    ['{}', []],
    ['{"a":1,"a":2,"a":3}', ['a', 'a']],
    ['{"a":{"b":1},"c":{"b":1}}', []],
    ['[{"a":1},{"a":1,"a":2}]', ['[1].a']],
    ['{"a":"x:\\"a\\":1","b":"a"}', []],
    ['{"a\\u0062":1,"ab":2}', ['ab']],
    ['{"a" : 1 ,\n"a"\t:2}', ['a']],
    ['{"a":["a","a",{"x":["y","y"]}]}', []],
    ['{"__proto__":1,"__proto__":2}', ['__proto__']],
    ['{"a":"\\\\","a":1}', ['a']],
  ])('%s: %j', (text, expected) => expect(duplicateFields(text)).toEqual(expected));

  it('stays quick and short when there are many keys', () => {
    const keys = Array.from({ length: 100_000 }, (_, i) => `"k${i % 50_000}":1`);
    expect(duplicateFields(`{${keys.join(',')}}`)).toHaveLength(100);
  });
});

describe('YAML bodies', () => {
  it.each([
    ['a: 1\nb: [x, "y"]\n', { a: 1, b: ['x', 'y'] }],
    ['a: yes\nb: off\nc: ~\nd:\n', { a: true, b: false, c: null, d: null }],
    ['t: 2026-01-01\nu: 12:30:45\nv: 1.10\nw: "1.10"\n', { t: '2026-01-01', u: '12:30:45', v: 1.1, w: '1.10' }],
    ['mode: 0644\n', { mode: 420 }],
    ['1: a\ntrue: b\n', { '1': 'a', true: 'b' }],
    ['base: &b {x: 1, z: 2}\nmore: {<<: *b, z: 3}\n', { base: { x: 1, z: 2 }, more: { x: 1, z: 3 } }],
    ['a: &a {x: 1}\nb: &b {x: 2, z: 2}\nc: {<<: [*a, *b]}\n', { a: { x: 1 }, b: { x: 2, z: 2 }, c: { x: 1, z: 2 } }],
    ['"<<": 1\n', { '<<': 1 }],
    ['a: &x 1\nb: *x\nc: &x 2\nd: *x\n', { a: 1, b: 1, c: 2, d: 2 }],
    ['a: |\n  two\n  lines\n', { a: 'two\nlines\n' }],
    ['a: 1\n---\nb: 2\n', { a: 1 }],
    ['{"a": [1, {"b": null}]}', { a: [1, { b: null }] }],
    ['{"a": b, c: d}', { a: 'b', c: 'd' }],
    ['', null],
  ])('%j is %j', (text, expected) => expect(yaml(text).value).toEqual(expected));

  it('finds duplicates', () => {
    expect(yaml('a: 1\nspec:\n  b: 1\n  b: 2\na: 2\n').duplicates).toEqual(['spec.b', 'a']);
    expect(yaml('{"a":1,"a":2}').duplicates).toEqual(['a']);
  });

  it.each([
    ['a: [1', /^error converting YAML to JSON: yaml: line \d+: /],
    ['a: *none', /unknown|Unresolved/i],
    ['a: .inf', /json: unsupported value: \+Inf$/],
    ['a: &a [*a]', /exceeded max depth of 250$/],
    ['? [a]\n: b', /invalid map key$/],
  ])('refuses %s', (text, why) => {
    expect(() => yaml(text)).toThrow(expect.objectContaining({ code: 400, message: expect.stringMatching(why) }));
  });

  it.each([
    ['flow sequences', '['.repeat(251)],
    ['flow maps', '{a: '.repeat(100_000)],
    ['sequences on a line', `${'- '.repeat(100_000)}x\na: b\n`],
    ['keys on a line', `${'- ? '.repeat(100_000)}x\n`],
    ['closers in comments', '[ # ]\n'.repeat(1_000)],
  ])('refuses nesting beyond 250: %s', (_what, text) => {
    expect(() => yaml(text)).toThrow(
      expect.objectContaining({
        code: 400,
        message: 'error converting YAML to JSON: yaml: exceeded max depth of 250',
      }),
    );
  });

  it('answers 413 to what takes too long to parse, 200 to what is merely long', () => {
    expect(() => yaml('- a\n'.repeat(100_000))).toThrow(expect.objectContaining({ code: 413 }));
    const long = `a: |\n${'  some text\n'.repeat(100_000)}`;
    expect(yaml(long).value).toEqual({ a: 'some text\n'.repeat(100_000) });
  });

  it('takes nesting up to there', () => {
    expect(() => yaml(`${'['.repeat(240)}${']'.repeat(240)}`)).not.toThrow();
  });

  it('refuses a bomb of aliases', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      lines.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(() => yaml(lines.join('\n'))).toThrow(/document contains excessive aliasing$/);
  });

  it('refuses many aliases of one long text', () => {
    const text = `a: &a ${'x'.repeat(100_000)}\nb: [${Array(1000).fill('*a').join(', ')}]`;
    expect(() => yaml(text)).toThrow(/document contains excessive aliasing$/);
  });

  it('keeps __proto__ as an own field', () => {
    expect(JSON.stringify(yaml('a: {__proto__: {x: 1}}').value)).toBe('{"a":{"__proto__":{"x":1}}}');
  });
});
