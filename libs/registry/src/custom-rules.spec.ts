import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import type { CustomResourceDefinition } from '#kinds';
import { aSpecCluster, type SpecCluster } from './spec-cluster.js';
import { cronTabDefinition, define, GROUP } from './spec-definition.js';

type Spec = Record<string, unknown>;

const SPEC = {
  type: 'object',
  properties: {
    min: { type: 'integer' },
    max: { type: 'integer' },
    name: { type: 'string', maxLength: 20 },
    tags: { type: 'array', maxItems: 10, items: { type: 'string', maxLength: 10 } },
    ports: {
      ...{ type: 'array', maxItems: 10, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
      items: {
        ...{ type: 'object', required: ['name'], properties: { name: { type: 'string' }, port: { type: 'integer' } } },
        'x-kubernetes-validations': [
          { rule: '!has(self.port) || self.port >= oldSelf.port', message: 'ports only grow' },
        ],
      },
    },
  },
  'x-kubernetes-validations': [
    {
      rule: '!has(self.min) || !has(self.max) || self.min <= self.max',
      messageExpression: "'bounds of ' + (has(self.name) ? self.name : '?') + ' are crossed'",
    },
    { rule: "!has(self.name) || self.name != 'taken'", reason: 'FieldValueDuplicate', fieldPath: '.name' },
    { rule: "!has(self.tags) || self.tags.all(t, t.startsWith('x'))", message: 'tags begin with x' },
    { rule: '!has(oldSelf.name) || self.name == oldSelf.name', message: 'name cannot change' },
  ],
};

const withSpec = (spec: object): CustomResourceDefinition =>
  cronTabDefinition({ schema: { openAPIV3Schema: { type: 'object', properties: { spec } } as never } });

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
});
const create = async (spec: Spec) => {
  const object = { apiVersion: `${GROUP}/v1`, kind: 'CronTab', metadata: { name: 'one', namespace: 'default' }, spec };
  return (await cluster.create('crontabs', object, GROUP)).object() as KubeObject & { spec: Spec };
};
const patch = (spec: Spec) =>
  cluster.verbs.patch(
    cluster.ctx(),
    cluster.target('crontabs', 'one', { group: GROUP }),
    'merge',
    { object: { spec } },
    {},
  );
const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: Error) => error.message.replace(/^.* is invalid: /, ''),
  );

describe('rules of instances', () => {
  beforeEach(() => define(cluster, withSpec(SPEC)));

  it.each<[string, Spec, string]>([
    ['what they allow', { min: 1, max: 2, name: 'a', tags: ['x1'] }, 'accepted'],
    [
      'a message that is computed',
      { name: 'a', min: 3, max: 2 },
      'spec: Invalid value: "object": bounds of a are crossed',
    ],
    ['a reason and a field', { name: 'taken' }, 'spec.name: Duplicate value: "object"'],
    ['a plain message', { tags: ['y'] }, 'spec: Invalid value: "object": tags begin with x'],
    [
      'what has no form to look at',
      { min: 'x' },
      'spec.min: Invalid value: "string": spec.min in body must be of type integer: "string"',
    ],
  ])('tell %s', async (_what, spec, message) => {
    expect(await messageOf(create(spec))).toContain(message);
  });

  it('compare with what was there, and only then', async () => {
    await create({ name: 'a', ports: [{ name: 'p', port: 2 }] });
    expect(await messageOf(patch({ name: 'b' }))).toBe('spec: Invalid value: "object": name cannot change');
    const grown = [
      { name: 'new', port: 1 },
      { name: 'p', port: 3 },
    ];
    expect(await messageOf(patch({ ports: grown }))).toBe('accepted');
    expect(await messageOf(patch({ ports: [{ name: 'p', port: 1 }] }))).toBe(
      'spec.ports[0]: Invalid value: "object": ports only grow',
    );
  });
});

describe('a rule with an optional oldSelf', () => {
  it('judges new objects, too', async () => {
    const rule = { rule: "oldSelf.hasValue() ? self == oldSelf.value() : self == 'first'", optionalOldSelf: true };
    const name = { type: 'string', maxLength: 9, 'x-kubernetes-validations': [rule] };
    await define(cluster, withSpec({ type: 'object', properties: { name } }));
    expect(await messageOf(create({ name: 'other' }))).toContain('spec.name: Invalid value: "string": failed rule:');
    await create({ name: 'first' });
    expect(await messageOf(patch({ name: 'second' }))).toContain('failed rule:');
  });
});

describe('a rule at the root', () => {
  it('sees the name, and its failure has no field', async () => {
    const definition = withSpec({ type: 'object' });
    const root = definition.spec.versions[0]!.schema!.openAPIV3Schema!;
    root['x-kubernetes-validations'] = [{ rule: "self.metadata.name == 'two'", message: 'not two' }];
    await define(cluster, definition);
    expect(await messageOf(create({}))).toBe('<nil>: Invalid value: "object": not two');
  });
});

describe('rules of definitions', () => {
  const at = 'spec.validation.openAPIV3Schema.properties[spec]';
  const refusal = (spec: object) =>
    messageOf(cluster.create('customresourcedefinitions', withSpec(spec), 'apiextensions.k8s.io'));

  it.each<[string, object, string]>([
    ['does not parse', { rule: 'self.a +' }, 'compilation failed: ERROR: <input>:1:9: Syntax error'],
    ['asks for what is not there', { rule: 'self.b == 1' }, 'undefined field'],
    ['gives no bool', { rule: 'self.a' }, 'cel expression must evaluate to a bool'],
    ['has no text', { rule: ' ' }, `${at}.x-kubernetes-validations[0].rule: Required value: rule is not specified`],
    [
      'gives a message of another type',
      { rule: 'true', messageExpression: '1' },
      'messageExpression must evaluate to a string',
    ],
    [
      'wants an old value that it does not use',
      { rule: 'true', optionalOldSelf: true },
      'may not be set if oldSelf is not used in rule',
    ],
  ])('refuse one that %s', async (_what, rule, message) => {
    const spec = { type: 'object', properties: { a: { type: 'integer' } }, 'x-kubernetes-validations': [rule] };
    expect(await refusal(spec)).toContain(message);
  });

  it('refuse one that may cost too much', async () => {
    const items = { type: 'array', items: { type: 'string' } };
    const rule = { rule: 'self.a.all(x, self.a.all(y, x == y))' };
    const spec = { type: 'object', properties: { a: items }, 'x-kubernetes-validations': [rule] };
    expect(await refusal(spec)).toContain(
      `${at}.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x`,
    );
  });

  it('refuse one that compares items that have no counterpart', async () => {
    const items = { type: 'string', maxLength: 5, 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] };
    const spec = { type: 'object', properties: { a: { type: 'array', maxItems: 5, items } } };
    expect(await refusal(spec)).toContain(
      `oldSelf cannot be used on the uncorrelatable portion of the schema within ${at}.properties[a]`,
    );
  });
});
