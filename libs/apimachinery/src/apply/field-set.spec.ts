import { describe, expect, it } from '@jest/globals';
import {
  difference,
  type FieldSet,
  hasPath,
  intersection,
  pathsOf,
  readFieldSet,
  setOfPaths,
  union,
  withoutTrees,
} from './field-set.js';
import { keyElement, shownPath, sortElements, valueElement } from './path-element.js';

const set = (...paths: string[]): FieldSet =>
  setOfPaths(...paths.map((path) => path.split('.').map((name) => `f:${name}`)));

describe('path elements', () => {
  it('stand in order of kinds, texts and numbers', () => {
    const wanted = [
      'f:a',
      'f:b',
      'k:{"port":80}',
      'k:{"port":443}',
      'k:{"port":"a"}',
      'v:2',
      'v:10',
      'v:"b"',
      'v:true',
      'i:2',
      'i:10',
    ];
    expect(sortElements(wanted.toReversed())).toEqual(wanted);
  });

  it('stand in order of bytes, not of UTF-16', () => {
    expect(sortElements(['f:\u{1f600}', 'f:\uff5e'])).toEqual(['f:\uff5e', 'f:\u{1f600}']);
  });

  it('are shown as upstream shows paths', () => {
    const path = ['f:spec', keyElement(['containerPort', 'protocol'], [80, 'TCP']), valueElement('a/b'), 'i:3'];
    expect(shownPath(path)).toBe('.spec[containerPort=80,protocol="TCP"][="a/b"][3]');
  });
});

describe('sets', () => {
  it.each<[string, FieldSet, FieldSet]>([
    ['union of leaves', union(set('a', 'c'), set('b')), set('a', 'b', 'c')],
    ['union of a parent and its child', union(set('a'), set('a.b')), { 'f:a': { '.': {}, 'f:b': {} } }],
    ['difference of leaves', difference(set('a', 'b.c', 'b.d'), set('b.c')), set('a', 'b.d')],
    ['a parent does not stand for its children', difference(set('a.b'), set('a')), set('a.b')],
    ['nor they for it', difference(set('a', 'a.b'), set('a.b')), set('a')],
    ['nothing is left of a way to nothing', difference(set('a.b.c'), set('a.b.c')), {}],
    ['without trees', withoutTrees(set('a', 'a.b', 'c.d', 'c.e'), set('a', 'c.d')), set('c.e')],
    ['intersection', intersection(set('a', 'a.b', 'c.d'), set('a.b', 'c')), set('a.b')],
  ])('%s', (_name, found, wanted) => {
    expect(JSON.stringify(found)).toBe(JSON.stringify(wanted));
  });

  it('are the same objects when nothing changes', () => {
    const a = set('a', 'b.c', 'b');
    expect(difference(a, set('x', 'b.d'))).toBe(a);
    expect(union(a, set('b.c'))).toBe(a);
    expect(withoutTrees(a, set('b.d'))).toBe(a);
  });

  it('list members of a level before what is below', () => {
    expect(pathsOf(set('b', 'a.c', 'a')).map(shownPath)).toEqual(['.a', '.b', '.a.c']);
    expect([hasPath(set('a.b'), ['f:a']), hasPath(set('a.b'), ['f:a', 'f:b']), hasPath(set('a'), [])]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('know no prototype', () => {
    const read = readFieldSet(JSON.parse('{"f:__proto__":{"f:constructor":{}},"f:a":{}}'));
    expect(read).toEqual({ set: { 'f:__proto__': { 'f:constructor': {} }, 'f:a': {} } });
    expect(hasPath(set('a'), ['f:constructor'])).toBe(false);
  });
});

describe('what clients send', () => {
  it.each([
    ['{"f:b":{},"f:a":{}}', '{"f:a":{},"f:b":{}}'],
    [
      '{"k:{\\"protocol\\":\\"TCP\\",\\"port\\":80}":{"f:a":{}}}',
      '{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{"f:a":{}}}',
    ],
    ['{"x:new":{},"f:a":{".":{}}}', '{"f:a":{}}'],
    ['{"f:a":null}', '{"f:a":{}}'],
    ['{}', '{}'],
    ['null', '{}'],
  ])('%s is %s', (sent, wanted) => {
    const read = readFieldSet(JSON.parse(sent));
    expect('set' in read && JSON.stringify(read.set)).toBe(wanted);
  });

  it.each(['[]', '"a"', '{"a":{}}', '{"f:a":1}', '{"v:{":{}}', '{"k:[1]":{}}', '{"i:x":{}}', '{"":{}}'])(
    '%s is refused',
    (sent) => {
      expect(readFieldSet(JSON.parse(sent))).toHaveProperty('error');
    },
  );

  it('may not nest without end', () => {
    let deep: object = {};
    for (let i = 0; i < 5000; i++) deep = { 'f:a': deep };
    expect(readFieldSet(deep)).toEqual({ error: 'exceeded max depth' });
  });
});
