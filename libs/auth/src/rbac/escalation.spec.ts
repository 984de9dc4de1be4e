import { describe, expect, it } from '@jest/globals';
import { allow, allowPaths } from '../policy/notation.js';
import { escalationMessage, rulesNotHeld } from './escalation.js';

describe('rulesNotHeld', () => {
  it.each([
    ['the same', [allow('get list', '', 'pods')], allow('get list', '', 'pods'), true],
    ['more verbs', [allow('get', '', 'pods')], allow('get list', '', 'pods'), false],
    ['parts of several', [allow('get', '', 'pods'), allow('list', '', 'pods')], allow('get list', '', 'pods'), true],
    ['another group', [allow('get', '', 'deployments')], allow('get', 'apps', 'deployments'), false],
    ['everything', [allow('*', '*', '*')], allow('escalate', 'x.io', 'a b/c'), true],
    ['a star out of parts', [allow('get list', '', 'pods')], allow('*', '', 'pods'), false],
    ['a subresource of all', [allow('get', '', '*/scale')], allow('get', '', 'pods/scale'), true],
    ['a subresource of a resource', [allow('get', '', 'pods')], allow('get', '', 'pods/log'), false],
    ['one name of all', [allow('get', '', 'pods')], allow('get', '', 'pods', 'a'), true],
    ['all of one name', [allow('get', '', 'pods', 'a')], allow('get', '', 'pods'), false],
    [
      'names in parts',
      [allow('get', '', 'pods', 'a'), allow('get', '', 'pods', 'b')],
      allow('get', '', 'pods', 'a b'),
      true,
    ],
    ['a path below', [allowPaths('get', '/api/*')], allowPaths('get', '/api/v1'), true],
    ['a wider path', [allowPaths('get', '/api/v1')], allowPaths('get', '/api/*'), false],
  ])('%s', (_what, held, wanted, isHeld) => {
    expect(rulesNotHeld(held, [wanted])).toHaveLength(isHeld ? 0 : 1);
  });

  it('refuses rules too large to look at', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `r${i}`).join(' ');
    const held = [allow('get', 'a', many), allow('get', 'b', many)];
    expect(rulesNotHeld(held, [allow('get', 'a|b', many)])).toHaveLength(0);
    const manyVerbs = { verbs: many.split(' '), apiGroups: ['', 'a'], resources: ['x', 'y', 'z', 'u', 'v', 'w'] };
    expect(rulesNotHeld([], [manyVerbs])).toEqual([manyVerbs]);
    const huge = { verbs: ['get'], apiGroups: many.split(' '), resources: many.split(' ') };
    expect(rulesNotHeld(held, [huge])).toHaveLength(1);
  });

  it('says what is missing as upstream does', () => {
    const missing = rulesNotHeld([allow('get', '', 'secrets')], [allow('get list', '', 'secrets')]);
    expect(escalationMessage({ username: 'jane', groups: ['a', 'b'] }, missing)).toBe(
      'user "jane" (groups=["a" "b"]) is attempting to grant RBAC permissions not currently held:\n' +
        '{APIGroups:[""], Resources:["secrets"], Verbs:["list"]}',
    );
    expect(escalationMessage({ username: 'jane', groups: [] }, missing, 'role "x" not found')).toMatch(
      /\(groups=\[\]\).*Verbs:\["list"\]\}; resolution errors: \[role "x" not found\]$/s,
    );
  });

  it('tells resource by resource, with its verbs together', () => {
    const missing = rulesNotHeld(
      [allow('get', 'apps', 'deployments')],
      [
        allow('get list watch', 'apps|batch', 'deployments jobs'),
        allow('delete', 'apps', 'deployments'),
        allow('get', '', 'secrets', 'a b'),
        allowPaths('get post', '/x'),
      ],
    );
    expect(escalationMessage({ username: 'jane', groups: [] }, missing).split('\n').slice(1)).toEqual([
      '{APIGroups:[""], Resources:["secrets"], ResourceNames:["a"], Verbs:["get"]}',
      '{APIGroups:[""], Resources:["secrets"], ResourceNames:["b"], Verbs:["get"]}',
      '{APIGroups:["apps"], Resources:["deployments"], Verbs:["list" "watch" "delete"]}',
      '{APIGroups:["apps"], Resources:["jobs"], Verbs:["get" "list" "watch"]}',
      '{APIGroups:["batch"], Resources:["deployments"], Verbs:["get" "list" "watch"]}',
      '{APIGroups:["batch"], Resources:["jobs"], Verbs:["get" "list" "watch"]}',
      '{NonResourceURLs:["/x"], Verbs:["get"]}',
      '{NonResourceURLs:["/x"], Verbs:["post"]}',
    ]);
  });
});
