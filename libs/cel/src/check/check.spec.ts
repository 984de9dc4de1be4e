import { describe, expect, it } from '@jest/globals';
import { compileCel } from '../compile.js';
import { BOOL, CelType, DYN, INT, STRING } from '../typing/cel-type.js';

const self = CelType.object('object', { name: STRING, count: INT, tags: CelType.list(STRING) });
const variables = { self, x: INT, any: DYN };

const OPERAND =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

/** Expression → every line of what is wrong with it. */
const errors: [string, string][] = [
  ['foo', "ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')\n | foo\n | ^"],
  ['foo(1)', "ERROR: <input>:1:4: undeclared reference to 'foo' (in container '')\n | foo(1)\n | ...^"],
  [
    '1 + "a"',
    "ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n | 1 + \"a\"\n | ..^",
  ],
  [
    '1 == "a"',
    "ERROR: <input>:1:3: found no matching overload for '_==_' applied to '(int, string)'\n | 1 == \"a\"\n | ..^",
  ],
  ['self.nope', "ERROR: <input>:1:5: undefined field 'nope'\n | self.nope\n | ....^"],
  ['self.count.x', "ERROR: <input>:1:11: type 'int' does not support field selection\n | self.count.x\n | ..........^"],
  [
    '"a".startsWith(1)',
    "ERROR: <input>:1:15: found no matching overload for 'startsWith' applied to 'string.(int)'\n | \"a\".startsWith(1)\n | ..............^",
  ],
  ['x && true', "ERROR: <input>:1:1: expected type 'bool' but found 'int'\n | x && true\n | ^"],
  ['[1, "a"]', "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, \"a\"]\n | ....^"],
  ['{1: 1, "a": 1}', "ERROR: <input>:1:8: expected type 'int' but found 'string'\n | {1: 1, \"a\": 1}\n | .......^"],
  [
    'x.all(y, true)',
    "ERROR: <input>:1:1: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)\n | x.all(y, true)\n | ^",
  ],
  [
    'self.tags.all(1, true)',
    'ERROR: <input>:1:15: argument must be a simple name\n | self.tags.all(1, true)\n | ..............^',
  ],
  [
    'self.tags.map(1, true)',
    'ERROR: <input>:1:15: argument is not an identifier\n | self.tags.map(1, true)\n | ..............^',
  ],
  ['has(self)', 'ERROR: <input>:1:5: invalid argument to has() macro\n | has(self)\n | ....^'],
  [
    'self.tags.all(a, a, true)',
    'ERROR: <input>:1:18: duplicate variable name: a\n | self.tags.all(a, a, true)\n | .................^',
  ],
  ['duration("x")', 'ERROR: <input>:1:10: invalid duration argument\n | duration("x")\n | .........^'],
  ['timestamp("x")', 'ERROR: <input>:1:11: invalid timestamp argument\n | timestamp("x")\n | ..........^'],
  ['"a".matches("(")', 'ERROR: <input>:1:13: invalid matches argument\n | "a".matches("(")\n | ............^'],
  ['Object{}', "ERROR: <input>:1:7: undeclared reference to 'Object' (in container '')\n | Object{}\n | ......^"],
  [
    'cel.bind(1)',
    "ERROR: <input>:1:1: undeclared reference to 'cel' (in container '')\n | cel.bind(1)\n | ^\nERROR: <input>:1:9: undeclared reference to 'bind' (in container '')\n | cel.bind(1)\n | ........^",
  ],
  ['1 +', `ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>' expecting ${OPERAND}\n | 1 +\n | ...^`],
  ['1 2', "ERROR: <input>:1:3: Syntax error: extraneous input '2' expecting <EOF>\n | 1 2\n | ..^"],
  ['', `ERROR: <input>:1:1: Syntax error: mismatched input '<EOF>' expecting ${OPERAND}\n | \n | ^`],
  [
    '1 + $',
    `ERROR: <input>:1:5: Syntax error: token recognition error at: '$'\n | 1 + $\n | ....^\nERROR: <input>:1:6: Syntax error: mismatched input '<EOF>' expecting ${OPERAND}\n | 1 + $\n | .....^`,
  ],
  ['(1', "ERROR: <input>:1:3: Syntax error: missing ')' at '<EOF>'\n | (1\n | ..^"],
  ['namespace', 'ERROR: <input>:1:1: reserved identifier: namespace\n | namespace\n | ^'],
  ['9223372036854775808', 'ERROR: <input>:1:1: invalid int literal\n | 9223372036854775808\n | ^'],
  ['"a" +\n  foo', "ERROR: <input>:2:3: undeclared reference to 'foo' (in container '')\n |   foo\n | ..^"],
  ['"é" + foo', "ERROR: <input>:1:7: undeclared reference to 'foo' (in container '')\n | \"é\" + foo\n | .．....^"],
];

const types: [string, string][] = [
  ['1', 'int'],
  ['any', 'dyn'],
  ['[1]', 'list(int)'],
  ['[]', 'list(dyn)'],
  ['{"a": [1u]}', 'map(string, list(uint))'],
  ['self.tags.map(t, t.size())', 'list(int)'],
  ['self.?name', 'optional_type(string)'],
  ['any.foo', 'dyn'],
  ['x > 1 ? "a" : "b"', 'string'],
  ['{"a": 1}.transformMap(k, v, string(v))', 'map(string, string)'],
  ['timestamp("2020-01-01T00:00:00Z")', 'google.protobuf.Timestamp'],
];

describe('what is wrong with an expression', () => {
  it.each(errors)('%s', (source, error) => {
    const compiled = compileCel(source, { variables });
    expect(compiled).toMatchObject({ error, detail: `compilation failed: ${error}` });
  });

  it('knows what an expression may evaluate to', () => {
    expect(compileCel('1', { variables, returns: [BOOL] })).toMatchObject({
      error: 'must evaluate to bool',
      detail: 'must evaluate to bool',
    });
    expect(compileCel('1', { variables, returns: [BOOL, STRING] })).toMatchObject({
      error: 'must evaluate to one of [bool string]',
    });
    expect(compileCel('any.x', { variables, returns: [BOOL] }).program).toBeDefined();
  });

  it('fails before evaluation where a literal cannot be converted', () => {
    expect(compileCel('int("a")', { variables })).toMatchObject({
      detail: "program instantiation failed: type conversion error from 'string' to 'int'",
    });
  });
});

describe('what type an expression has', () => {
  it.each(types)('%s', (source, type) => {
    expect(compileCel(source, { variables }).program?.type.toString()).toBe(type);
  });
});
