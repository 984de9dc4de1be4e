import { describe, expect, it } from '@jest/globals';
import { deprecationOf } from './custom-facts.js';

const version = (name: string, deprecated = false, served = true) => ({ name, deprecated, served, storage: false });
const spec = (...versions: ReturnType<typeof version>[]) => ({
  group: 'example.com',
  scope: 'Namespaced',
  names: { plural: 'foos', kind: 'Foo' },
  versions,
});

describe('the warning of a deprecated version', () => {
  it.each([
    ['alone', spec(version('v1', true)), 'example.com/v1 Foo is deprecated'],
    [
      'with a newer one',
      spec(version('v1', true), version('v2')),
      'example.com/v1 Foo is deprecated; use example.com/v2 Foo',
    ],
    ['with less stable ones', spec(version('v1', true), version('v2beta1')), 'example.com/v1 Foo is deprecated'],
    [
      'with one that is not served',
      spec(version('v1', true), version('v2', false, false)),
      'example.com/v1 Foo is deprecated',
    ],
    [
      'with several',
      spec(version('v1', true), version('v2'), version('v3')),
      'example.com/v1 Foo is deprecated; use example.com/v3 Foo',
    ],
  ])('%s', (_case, facts, text) => {
    expect(deprecationOf(facts, 'v1', 'Foo')).toBe(text);
  });
});
