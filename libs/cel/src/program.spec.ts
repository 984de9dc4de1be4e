import { describe, expect, it } from '@jest/globals';
import { compileCel } from './compile.js';
import { CelError } from './cel-error.js';
import { PER_CALL_COST_MAX } from './cost/limits.js';
import { AUTHORIZER, AuthorizerValue, RESOURCE_CHECK, ResourceCheckValue } from './library/authorizer.js';
import { outcomeOf } from './spec-cel.js';
import { CelType, DYN, INT } from './typing/cel-type.js';

const evaluated = (source: string, values: Record<string, unknown>, remaining = PER_CALL_COST_MAX) => {
  const variables = Object.fromEntries(Object.keys(values).map((name) => [name, DYN]));
  const budget = { remaining };
  try {
    return { value: compileCel(source, { variables }).program!.evaluate(values, budget), remaining: budget.remaining };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { error: error.message, failure: error.failure, remaining: budget.remaining };
  }
};
const EXCEEDED = 'operation cancelled: actual cost limit exceeded';

describe('evaluation', () => {
  it('asks a variable that is a function once, and not at all where it is not used', () => {
    let asked = 0;
    const lazy = () => ++asked;
    expect(evaluated('x + x', { x: lazy })).toMatchObject({ value: 2 });
    expect(asked).toBe(1);
    expect(evaluated('true || x == 1', { x: lazy })).toMatchObject({ value: true });
    expect(asked).toBe(1);
  });

  it('lets && and || absorb a variable that cannot be had', () => {
    const failing = () => {
      throw new CelError('composited variable "x" fails');
    };
    expect(evaluated('x || true', { x: failing })).toMatchObject({ value: true });
    expect(evaluated('x || false', { x: failing })).toMatchObject({ error: 'composited variable "x" fails' });
  });

  it('draws on the budget it is given', () => {
    expect(evaluated('x == 1', { x: 1 }, 100)).toMatchObject({ value: true, remaining: 98 });
    expect(evaluated('x.all(i, i > 0)', { x: [1, 2, 3, 4, 5, 6] }, 10)).toMatchObject({
      error: EXCEEDED,
      failure: 'budget',
    });
    const large = Array.from({ length: 300_000 }, (_, index) => index);
    expect(evaluated('x.all(i, i >= 0)', { x: large }, 10 * PER_CALL_COST_MAX)).toMatchObject({
      error: EXCEEDED,
      failure: 'call-limit',
    });
  });

  it('knows the variables that are used', () => {
    const { program } = compileCel('self > 1 && [1].all(oldSelf, oldSelf == 1)', { variables: { self: INT } });
    expect([program!.uses('self'), program!.uses('other')]).toEqual([true, false]);
  });

  it('reads __proto__ as a key like any other', () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}') as unknown;
    expect(evaluated('x["__proto__"].polluted + x.constructor', { x: hostile })).toMatchObject({ value: 3 });
    expect(evaluated('has(x.toString)', { x: {} })).toMatchObject({ value: false });
    expect(JSON.stringify(outcomeOf('{"__proto__": 1}').value)).toBe('{"__proto__":1}');
  });

  it('names a variable that was left out', () => {
    expect(outcomeOf('x', {}, { variables: { x: INT } })).toMatchObject({ error: 'no such attribute(s): x' });
  });

  it('reads numbers by their type', () => {
    expect(outcomeOf('x', { x: 1 }, { variables: { x: CelType.list(INT) } })).toMatchObject({ value: 1 });
    expect(evaluated('type(x) == double', { x: 1.5 })).toMatchObject({ value: true });
    expect(evaluated('type(x) == int', { x: 1 })).toMatchObject({ value: true });
  });
});

describe('the authorizer', () => {
  const asked: unknown[] = [];
  const authorizer = new AuthorizerValue({ name: 'ada', groups: ['g'] }, (query) => {
    asked.push(query);
    return { allowed: query.user.name === 'ada', reason: 'because' };
  });
  const requestResource = new ResourceCheckValue(authorizer, {
    group: 'apps',
    resource: 'deployments',
    namespace: 'ns',
    name: 'd',
  });
  const environment = { variables: { authorizer: AUTHORIZER, 'authorizer.requestResource': RESOURCE_CHECK } };
  const values = { authorizer, 'authorizer.requestResource': requestResource };

  it.each<[string, unknown, unknown]>([
    ["authorizer.path('/healthz').check('get').allowed()", true, { verb: 'get', path: '/healthz' }],
    [
      "authorizer.group('').resource('pods').namespace('x').check('list').reason()",
      'because',
      { verb: 'list', group: '', resource: 'pods', namespace: 'x' },
    ],
    [
      "authorizer.requestResource.check('update').allowed()",
      true,
      { verb: 'update', group: 'apps', resource: 'deployments', namespace: 'ns', name: 'd' },
    ],
    [
      "authorizer.serviceAccount('ns', 'sa').group('').resource('pods').check('get').allowed()",
      false,
      { user: { name: 'system:serviceaccount:ns:sa' } },
    ],
    [
      "authorizer.group('').resource('pods').labelSelector('a=b').check('list').errored()",
      false,
      { labelSelector: 'a=b' },
    ],
  ])('%s', (source, value, query) => {
    expect(outcomeOf(source, values, environment)).toMatchObject({ value });
    expect(asked.at(-1)).toMatchObject(query as object);
  });
});

describe('mutations', () => {
  const environment = { variables: { object: DYN }, mutation: true };

  it.each<[string, unknown]>([
    ['Object{spec: Object.spec{replicas: 2}}', { spec: { replicas: 2 } }],
    ['Object{metadata: Object.metadata{labels: {"a": "b"}}}', { metadata: { labels: { a: 'b' } } }],
    [
      'Object{spec: Object.spec{containers: [Object.spec.containers{name: "c"}]}}',
      { spec: { containers: [{ name: 'c' }] } },
    ],
    ['Object{?spec: optional.none()}', {}],
    [
      '[JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("a/b~c"), value: "x"}]',
      [{ op: 'add', path: '/metadata/labels/a~1b~0c', value: 'x' }],
    ],
    [
      '[JSONPatch{op: "replace", path: "/spec", value: Object.spec{replicas: object.n}}]',
      [{ op: 'replace', path: '/spec', value: { replicas: 3 } }],
    ],
  ])('%s', (source, value) => {
    expect(outcomeOf(source, { object: { n: 3 } }, environment)).toMatchObject({ value });
  });

  it('refuses a type out of its place, an unknown field and a wrong type', () => {
    expect(outcomeOf('Object{spec: Object.metadata{}}', {}, environment).error).toContain(
      'unexpected type name "Object.metadata", expected "Object.spec", which matches field name path from root Object type',
    );
    expect(outcomeOf('JSONPatch{opp: "add"}', {}, environment).error).toContain("undefined field 'opp'");
    expect(outcomeOf('JSONPatch{op: 1}', {}, environment).error).toContain(
      "expected type of field 'op' is 'string' but provided type is 'int'",
    );
  });
});

describe('hostile expressions', () => {
  const deep = (open: string, close: string, count: number) => `${open.repeat(count)}1${close.repeat(count)}`;

  it.each<[string, string, string]>([
    [
      'a text of a megabyte',
      `"${'a'.repeat(1 << 20)}"`,
      'ERROR: <input>:-1:0: expression code point size exceeds limit: size: 1048578, limit 100000',
    ],
    ['deep brackets', deep('(', ')', 10_000), 'ERROR: <input>:-1:0: expression recursion limit exceeded: 250'],
    ['deep lists', deep('[', ']', 10_000), 'ERROR: <input>:-1:0: expression recursion limit exceeded: 250'],
    [
      'a long sum',
      Array.from({ length: 10_000 }, () => '1').join('+'),
      'ERROR: <input>:-1:0: expression recursion limit exceeded: 250',
    ],
    ['a long path', `x${'.a'.repeat(10_000)}`, 'ERROR: <input>:-1:0: expression recursion limit exceeded: 250'],
  ])('%s', (_name, source, error) => {
    expect(outcomeOf(source, {}, { variables: { x: DYN } })).toEqual({ error });
  });

  it('takes long chains of && and many !', () => {
    expect(outcomeOf(Array.from({ length: 10_000 }, () => 'true').join('&&'))).toMatchObject({ value: true });
    expect(outcomeOf(`${'!'.repeat(10_000)}true`)).toMatchObject({ value: true });
  });

  const list = `[${Array.from({ length: 100 }, (_, index) => index).join(',')}]`;
  it.each<[string, string]>([
    ['nested loops', `${list}.all(a, ${list}.all(b, ${list}.all(c, ${list}.all(d, true))))`],
    [
      'loops that cost nothing',
      `${list}.map(a, ${list}.exists_one(b, ${list}.exists_one(c, ${list}.exists_one(d, ${list}.exists_one(e, false)))))`,
    ],
    ['doubled texts', `${list}.map(i, "${'x'.repeat(50_000)}".replace("x", "${'y'.repeat(30_000)}"))`],
    [
      'lists that double',
      Array.from({ length: 60 }, (_, i) => i).reduce(
        (inner, i) =>
          `optional.of(${i === 59 ? '[1]' : `x${i + 1}`} + ${i === 59 ? '[1]' : `x${i + 1}`}).optFlatMap(x${i}, ${inner})`,
        'optional.of(x0.size())',
      ),
    ],
    [
      'trees shown',
      Array.from({ length: 60 }, (_, i) => i).reduce(
        (inner, i) =>
          `optional.of([${i === 59 ? '1' : `dyn(x${i + 1})`}, ${i === 59 ? '1' : `dyn(x${i + 1})`}]).optFlatMap(x${i}, ${inner})`,
        'optional.of(x0)',
      ),
    ],
  ])('ends %s', (_name, source) => {
    expect(outcomeOf(source).error).toBe(EXCEEDED);
  });

  it('matches evil patterns in linear time', () => {
    expect(outcomeOf(`"${'a'.repeat(5000)}!".matches("^(a+)+$")`)).toMatchObject({ value: false });
  });

  it('matches no pattern whose size times the text is out of all bounds', () => {
    const source = `"${'a'.repeat(20_000)}!".matches("^((a{1,100}){1,10})" + "*$")`;
    expect(outcomeOf(source).error).toBe(EXCEEDED);
  });
});
