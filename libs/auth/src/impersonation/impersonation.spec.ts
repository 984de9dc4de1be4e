import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Authorizer } from '../credentials.js';
import { allow } from '../policy/notation.js';
import { type PolicyRule, ruleAllows } from '../rbac/policy-rule.js';
import type { RequestAttributes, UserInfo } from '../user.js';
import { Impersonation, impersonationConstraintOf, requesterOf } from './impersonation.js';

const AUTHN = 'authentication.k8s.io';
const jane: UserInfo = { username: 'jane', groups: ['devs'] };
const agent: UserInfo = {
  username: 'system:serviceaccount:kube-system:agent',
  groups: [],
  extra: { 'authentication.kubernetes.io/node-name': ['node01'], 'authentication.kubernetes.io/pod-name': ['agent-x'] },
};
const LIST_PODS: RequestAttributes = {
  kind: 'resource',
  verb: 'list',
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'default',
  name: '',
};
const user = (username: string, more: Partial<UserInfo> = {}): UserInfo => ({ username, groups: [], ...more });

/** What the one requester may do, whoever it is, and what it was asked about. */
let rules: PolicyRule[];
let asked: { user: UserInfo; attributes: RequestAttributes }[];
let impersonation: Impersonation;
beforeEach(() => {
  rules = [];
  asked = [];
  const authorizer: Authorizer = {
    async authorize(requester, attributes) {
      asked.push({ user: requester, attributes });
      return { allowed: rules.some((rule) => ruleAllows(rule, attributes)), reason: '' };
    },
  };
  impersonation = new Impersonation(authorizer);
});

const acting = (wish: UserInfo, requester = jane, request: RequestAttributes = LIST_PODS) =>
  impersonation.actingAs(requester, wish, request);
const refusal = (wish: UserInfo, requester = jane, request: RequestAttributes = LIST_PODS) =>
  acting(wish, requester, request).then(
    () => 'allowed',
    (error: { code: number; message: string }) => `${error.code} ${error.message}`,
  );

describe('the plain right to impersonate', () => {
  beforeEach(() => void (rules = [allow('impersonate', '', 'users groups serviceaccounts')]));

  it.each<[UserInfo, readonly string[]]>([
    [
      user('system:serviceaccount:default:bot'),
      ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    ],
    [user('system:serviceaccount:default:Not_A_Name'), ['system:authenticated']],
    [user('system:serviceaccount:default:bot', { groups: ['x'] }), ['x', 'system:authenticated']],
    [user('system:anonymous'), ['system:unauthenticated']],
    [user('bob', { groups: ['system:unauthenticated'] }), ['system:unauthenticated']],
    [user('bob', { groups: ['system:authenticated', 'x'] }), ['system:authenticated', 'x']],
    [user('system:node:node01'), ['system:authenticated']],
  ])('gives %j its groups', async (wish, groups) => {
    const found = await acting(wish);
    expect(found.groups).toEqual(groups);
    expect(requesterOf(found)).toBe(jane);
    expect(impersonationConstraintOf(found)).toBe('');
  });

  it("asks about each value, in upstream's order, until one is refused", async () => {
    const wish = user('bob', { uid: '7', groups: ['a'], extra: { scopes: ['x'] } });
    await refusal(wish);
    const plain = asked.map(({ attributes }) => attributes).filter(({ verb }) => verb === 'impersonate');
    expect(plain).toMatchObject([
      { group: '', resource: 'users', name: 'bob' },
      { group: AUTHN, resource: 'uids', name: '7' },
    ]);
    rules.push(allow('impersonate', AUTHN, 'uids userextras/scopes'));
    expect(await acting(wish)).toEqual({ ...wish, groups: ['a', 'system:authenticated'] });
  });

  it('leaves nobody who acts as nobody', () => {
    expect(requesterOf(jane)).toBeUndefined();
    expect(impersonationConstraintOf(jane)).toBe('');
  });
});

describe('a refusal', () => {
  it.each<[string, UserInfo, UserInfo, string]>([
    [
      'of a user',
      user('bob'),
      jane,
      'pods is forbidden: User "jane" cannot impersonate-on:user-info:list resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'of an account',
      user('system:serviceaccount:default:bot'),
      jane,
      'pods is forbidden: User "jane" cannot impersonate-on:serviceaccount:list resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'of an account with groups, which no constrained mode knows',
      user('system:serviceaccount:default:bot', { groups: ['x'] }),
      jane,
      'serviceaccounts "bot" is forbidden: User "jane" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "default"',
    ],
    [
      'of a node',
      user('system:node:node01'),
      jane,
      'pods is forbidden: User "jane" cannot impersonate-on:arbitrary-node:list resource "pods" in API group "" in the namespace "default"',
    ],
    [
      'of the own node',
      user('system:node:node01'),
      agent,
      'pods is forbidden: User "system:serviceaccount:kube-system:agent" cannot impersonate-on:associated-node:list resource "pods" in API group "" in the namespace "default"',
    ],
  ])('%s names what was asked first', async (_what, wish, requester, message) => {
    expect(await refusal(wish, requester)).toBe(`403 ${message}`);
  });

  it('of a path says so', async () => {
    expect(await refusal(user('bob'), jane, { kind: 'path', verb: 'get', path: '/version' })).toBe(
      '403 forbidden: User "jane" cannot impersonate-on:user-info:get path "/version"',
    );
  });

  it('names first what the requester last succeeded with', async () => {
    rules = [allow('impersonate', '', 'users', 'bob')];
    await acting(user('bob'));
    expect(await refusal(user('eve'))).toBe(
      '403 users "eve" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
  });
});

describe('a constrained right', () => {
  it('holds for the verb and the identity together', async () => {
    rules = [allow('impersonate:user-info', AUTHN, 'users', 'bob')];
    expect(await refusal(user('bob'))).toMatch(/impersonate-on:user-info:list/);
    rules.push(allow('impersonate-on:user-info:list', '', 'pods'));
    const found = await acting(user('bob'));
    expect(found).toEqual({ username: 'bob', groups: ['system:authenticated'] });
    expect(impersonationConstraintOf(found)).toBe('impersonate:user-info');
    expect(await refusal(user('eve'))).toBe(
      '403 users.authentication.k8s.io "eve" is forbidden: User "jane" cannot impersonate:user-info resource "users" in API group "authentication.k8s.io" at the cluster scope',
    );
    expect(await refusal(user('bob'), jane, { ...LIST_PODS, verb: 'delete' })).toMatch(
      /impersonate-on:user-info:delete/,
    );
  });

  it.each<[string, Partial<UserInfo>, string]>([
    [
      'everybody',
      { groups: ['a', 'system:masters'] },
      'groups.authentication.k8s.io "system:masters" is forbidden: User "jane" cannot impersonate:user-info resource "groups" in API group "authentication.k8s.io" at the cluster scope: impersonating the system:masters group is not allowed',
    ],
    ['a group without a name', { groups: [''] }, 'impersonating the empty string group is not allowed'],
    [
      'a key that is no path',
      { extra: { scopes: ['a'] } },
      'impersonating an invalid key in extra is not allowed: extra.key: Invalid value: "scopes": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
    [
      'an empty value',
      { extra: { 'acme.io/foo': [''] } },
      'impersonating the empty string value in extra is not allowed',
    ],
    ['an empty key', { extra: { '': ['x'] } }, 'impersonating the empty string key in extra is not allowed'],
  ])('never makes anybody %s', async (_what, more, message) => {
    rules = [allow('impersonate:user-info', AUTHN, '*'), allow('impersonate-on:user-info:list', '', '*')];
    expect(await refusal(user('bob', more))).toContain(message);
  });

  it('asks once about many values of somebody who may be all', async () => {
    rules = [allow('impersonate:user-info', AUTHN, 'users groups'), allow('impersonate-on:user-info:list', '', '*')];
    const groups = Array.from({ length: 10_000 }, (_, i) => `g${i}`);
    await acting(user('bob', { groups }));
    expect(asked).toHaveLength(3);
    asked = [];
    rules = [allow('impersonate:user-info', AUTHN, 'users'), rules[1]!];
    await refusal(user('bob', { groups }));
    // The star, then the first group, then the plain mode's name.
    expect(asked.length).toBeLessThan(8);
  });

  it('lets an account be the node of its pod, wherever that runs, and no other', async () => {
    rules = [
      allow('impersonate:associated-node', AUTHN, 'nodes'),
      allow('impersonate-on:associated-node:list', '', 'pods'),
    ];
    const found = await acting(user('system:node:node01'), agent);
    expect(found).toEqual({ username: 'system:node:node01', groups: ['system:nodes', 'system:authenticated'] });
    expect(impersonationConstraintOf(found)).toBe('impersonate:associated-node');
    expect(asked[1]).toMatchObject({ attributes: { resource: 'nodes', name: '*' } });
    expect(asked[0]!.user.extra).toEqual({
      'authentication.kubernetes.io/associated-node-keys': [
        'authentication.kubernetes.io/node-name',
        'authentication.kubernetes.io/pod-name',
      ],
    });
    expect(await refusal(user('system:node:node02'), agent)).toMatch(/arbitrary-node/);
    expect(await refusal(user('system:node:node01'), { ...jane, extra: agent.extra! })).toMatch(/arbitrary-node/);
  });

  it('lets an account be another with the groups of that one', async () => {
    rules = [
      allow('impersonate:serviceaccount', AUTHN, 'serviceaccounts', 'bot'),
      allow('impersonate-on:serviceaccount:list', '', 'pods'),
    ];
    expect((await acting(user('system:serviceaccount:default:bot'))).groups).toEqual([
      'system:serviceaccounts',
      'system:serviceaccounts:default',
      'system:authenticated',
    ]);
    expect(await refusal(user('bob'))).toMatch(/user-info/);
  });
});
