import { describe, expect, it } from '@jest/globals';
import type { RequestAttributes } from '#auth';
import { decide } from './policy.js';
import { parsePolicy } from './policy-document.js';

const KIM = { username: 'kim', groups: ['dev', 'system:authenticated'] };

function resource(what: string, more: Partial<Extract<RequestAttributes, { kind: 'resource' }>> = {}) {
  const [group = '', path = ''] = what.split(':');
  const [name = '', subresource = ''] = path.split('/');
  const base = { kind: 'resource' as const, verb: 'get', group, version: 'v1', resource: name, subresource };
  return { ...base, namespace: 'default', name: 'x', ...more };
}

const path = (at: string): RequestAttributes => ({ kind: 'path', verb: 'get', path: at });

function levelOf(rules: string, attributes: RequestAttributes, user = KIM) {
  const parsed = parsePolicy(`{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [${rules}]}`);
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  return decide(parsed.policy, user, attributes)?.level ?? 'None';
}

describe('decide', () => {
  it.each<[rules: string, attributes: RequestAttributes, level: string]>([
    ['{level: Metadata}', resource(':pods'), 'Metadata'],
    ['{level: Request, verbs: [list]}', resource(':pods'), 'None'],
    ['{level: None, users: [kim]}, {level: Request}', resource(':pods'), 'None'],
    ['{level: None, users: [lee]}, {level: Request}', resource(':pods'), 'Request'],
    ['{level: Request, userGroups: [ops, dev]}', resource(':pods'), 'Request'],
    ['{level: Request, userGroups: [ops]}', resource(':pods'), 'None'],
    ['{level: Request, resources: [{group: ""}]}', resource('apps:deployments'), 'None'],
    ['{level: Request, resources: [{group: apps}]}', resource('apps:deployments'), 'Request'],
    ['{level: Request, resources: [{group: "", resources: [pods]}]}', resource(':pods/log'), 'None'],
    ['{level: Request, resources: [{group: "", resources: [pods/log]}]}', resource(':pods/log'), 'Request'],
    ['{level: Request, resources: [{group: "", resources: ["pods/*"]}]}', resource(':pods/log'), 'Request'],
    ['{level: Request, resources: [{group: "", resources: ["pods/*"]}]}', resource(':pods'), 'Request'],
    [
      '{level: Request, resources: [{group: apps, resources: ["*/scale"]}]}',
      resource('apps:deployments/scale'),
      'Request',
    ],
    ['{level: Request, resources: [{group: apps, resources: ["*/scale"]}]}', resource('apps:deployments'), 'None'],
    ['{level: Request, resources: [{resources: [pods], resourceNames: [x]}]}', resource(':pods'), 'Request'],
    ['{level: Request, resources: [{resources: [pods], resourceNames: [z]}]}', resource(':pods'), 'None'],
    ['{level: Request, namespaces: [""]}', resource(':nodes', { namespace: '' }), 'Request'],
    ['{level: Request, namespaces: [""]}', resource(':pods'), 'None'],
    ['{level: Request, namespaces: [default]}', path('/version'), 'None'],
    ['{level: Request, nonResourceURLs: ["/healthz*"]}', path('/healthz/ping'), 'Request'],
    ['{level: Request, nonResourceURLs: ["/version"]}', path('/version'), 'Request'],
    ['{level: Request, nonResourceURLs: ["/version"]}', path('/versions'), 'None'],
    ['{level: Request, nonResourceURLs: ["*"]}', resource(':pods'), 'None'],
  ])('%s of %j is %s', (rules, attributes, level) => {
    expect(levelOf(rules, attributes)).toBe(level);
  });

  it.each([
    ':secrets',
    ':serviceaccounts/token',
    'authentication.k8s.io:tokenreviews',
    'sandkube.dev:sandboxes/kubeconfig',
  ])('gives the bodies of %s to a rule that names it, to no other', (what) => {
    const [group, name] = what.split(':');
    for (const broad of [
      '',
      `resources: [{group: "${group}"}]`,
      `resources: [{group: "${group}", resources: ["*"]}]`,
    ]) {
      expect(levelOf(`{level: RequestResponse, ${broad}}`, resource(what))).toBe('Metadata');
    }
    const named = `{level: RequestResponse, resources: [{group: "${group}", resources: ["${name}"]}]}`;
    expect(levelOf(named, resource(what))).toBe('RequestResponse');
  });
});

describe('parsePolicy', () => {
  const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n';
  it.each([
    ['nothing', '', 'failed decoding'],
    ['text', 'hello', 'failed decoding'],
    [
      'another version',
      'apiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules: [{level: None}]',
      'v1beta1, Kind=Policy',
    ],
    ['broken YAML', 'a: [', 'failed decoding'],
    ['no rules', HEAD, 'loaded illegal policy with 0 rules'],
    ['no level', `${HEAD}rules: [{}]`, 'p.rules[0].level: Required value'],
    [
      'a level of nobody',
      `${HEAD}rules: [{level: All}]`,
      'p.rules[0].level: Unsupported value: "All": supported values',
    ],
    [
      'a stage of nobody',
      `${HEAD}omitStages: [Lunch]\nrules: [{level: None}]`,
      'p.omitStages[0]: Invalid value: "Lunch"',
    ],
    ['a relative path', `${HEAD}rules: [{level: None, nonResourceURLs: [x]}]`, "must begin with a '/' character"],
    ['a star inside', `${HEAD}rules: [{level: None, nonResourceURLs: ["/a*b"]}]`, 'must be the final character'],
    ['both kinds', `${HEAD}rules: [{level: None, namespaces: [a], nonResourceURLs: [/x]}]`, 'cannot apply to both'],
    [
      'a version in a group',
      `${HEAD}rules: [{level: None, resources: [{group: apps/v1}]}]`,
      'p.rules[0].resources.group',
    ],
    ['names of nothing', `${HEAD}rules: [{level: None, resources: [{resourceNames: [a]}]}]`, 'requires at least one'],
    [
      'a wrong type',
      `${HEAD}rules: [{level: None, users: kim}]`,
      'p.rules[0].users: Invalid value: "kim": must be a list',
    ],
    ['too many rules', `${HEAD}rules: [${'{level: None},'.repeat(1_001)}]`, 'must have at most 1000 items'],
  ])('refuses %s', (_name, text, message) => {
    const parsed = parsePolicy(text, 'p');
    const errors = 'errors' in parsed ? parsed.errors.map(({ field, detail }) => `${field}: ${detail}`) : [];
    expect(errors.join('; ')).toContain(message);
  });
});
