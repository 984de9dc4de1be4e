import { describe, expect, it } from '@jest/globals';
import { impersonationOf } from './impersonation-headers.js';

/** Bytes on the wire, as Node gives them. */
const wire = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

describe('impersonationOf', () => {
  it.each<[string, string[], object | undefined]>([
    ['nothing', ['Accept', '*/*'], undefined],
    ['an empty wish', ['Impersonate-User', ''], undefined],
    ['a user', ['Impersonate-User', 'bob'], { username: 'bob', groups: [] }],
    ['the first of two', ['Impersonate-User', 'bob', 'impersonate-user', 'eve'], { username: 'bob', groups: [] }],
    [
      'groups as they stand, commas and all',
      ['Impersonate-User', 'bob', 'Impersonate-Group', 'a,b', 'impersonate-group', '', 'IMPERSONATE-GROUP', 'c'],
      { username: 'bob', groups: ['a,b', '', 'c'] },
    ],
    ['a uid', ['Impersonate-User', 'bob', 'Impersonate-Uid', '7'], { username: 'bob', groups: [], uid: '7' }],
    [
      'extra keys, escaped and in lower case',
      [
        'Impersonate-User',
        'bob',
        'Impersonate-Extra-Acme.com%2fProject',
        'x',
        'impersonate-extra-acme.com%2Fproject',
        'y',
      ],
      { username: 'bob', groups: [], extra: { 'acme.com/project': ['x', 'y'] } },
    ],
    [
      'a key that is badly escaped, as it came',
      ['Impersonate-User', 'bob', 'Impersonate-Extra-100%', 'x'],
      { username: 'bob', groups: [], extra: { '100%': ['x'] } },
    ],
    ['names of other scripts', ['Impersonate-User', wire('jürgen')], { username: 'jürgen', groups: [] }],
  ])('reads %s', (_what, headers, wish) => {
    expect(impersonationOf(headers)).toEqual(wish);
  });

  it('takes any key for a key', () => {
    const wish = impersonationOf(['Impersonate-User', 'bob', 'Impersonate-Extra-__proto__', 'x']);
    expect(Object.keys(wish!.extra!)).toEqual(['__proto__']);
  });

  it.each([
    [
      ['Impersonate-Group', 'a', 'Impersonate-Group', 'b"c'],
      '&user.DefaultInfo{Name:"", UID:"", Groups:[]string{"a", "b\\"c"}, Extra:map[string][]string(nil)}',
    ],
    [
      ['Impersonate-Uid', '7', 'Impersonate-Extra-B', 'x', 'Impersonate-Extra-A', 'y', 'Impersonate-Extra-A', 'z'],
      '&user.DefaultInfo{Name:"", UID:"7", Groups:[]string(nil), Extra:map[string][]string{"a":[]string{"y", "z"}, "b":[]string{"x"}}}',
    ],
  ])('refuses %j, which names nobody', (headers, shown) => {
    expect(() => impersonationOf(headers)).toThrow(
      expect.objectContaining({ code: 400, message: `requested ${shown} without impersonating a user name` }),
    );
  });

  it('reads ten thousand groups in a blink', () => {
    const headers = ['Impersonate-User', 'bob'];
    for (let i = 0; i < 10_000; i++) headers.push('Impersonate-Extra-Same', `v${i}`);
    expect(impersonationOf(headers)?.extra?.['same']).toHaveLength(10_000);
  });
});
