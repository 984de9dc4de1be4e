import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import {
  answering,
  cluster,
  configure,
  createPod,
  GROUP,
  labelled,
  labelsOf,
  patchOf,
  useWebhooks,
} from './spec-webhooks.js';

useWebhooks();

const RULE = { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };

const policy = (spec: object, name = 'p') =>
  cluster.create(
    'mutatingadmissionpolicies',
    { metadata: { name }, spec: { matchConstraints: { resourceRules: [RULE] }, reinvocationPolicy: 'Never', ...spec } },
    GROUP,
  );
const bind = (spec: object = {}, name = 'b') =>
  cluster.create('mutatingadmissionpolicybindings', { metadata: { name }, spec: { policyName: 'p', ...spec } }, GROUP);
const applying = (expression: string) => ({
  mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
});
const patching = (expression: string) => ({ mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }] });
const label = (key: string, value: string) =>
  patching(`[JSONPatch{op: "add", path: "/metadata/labels/${key}", value: ${value}}]`);
type Pod = KubeObject & { spec: { containers: { name: string; image: string; imagePullPolicy: string }[] } };
const DENIED = "policy 'p' with binding 'b' denied request: ";

describe('mutating admission policies', () => {
  it('have no effect until they are bound', async () => {
    await policy(label('x', '"y"'));
    expect(labelsOf(await createPod())).toEqual({ app: 'web' });
    await bind();
    expect(labelsOf(await createPod({ name: 'second' }))).toEqual({ app: 'web', x: 'y' });
  });

  it('lay a configuration over the object as apply does, and complete it', async () => {
    await policy(
      applying(
        'Object{metadata: Object.metadata{labels: {"x": "y"}}, spec: Object.spec{containers: [Object.spec.containers{name: "side", image: "busybox:1"}]}}',
      ),
    );
    await bind();
    const pod = (await createPod()).object() as Pod;
    expect(pod.metadata.labels).toEqual({ app: 'web', x: 'y' });
    expect(pod.spec.containers.map(({ name }) => name).toSorted()).toEqual(['app', 'side']);
    expect(pod.spec.containers.find(({ name }) => name === 'side')).toMatchObject({ imagePullPolicy: 'IfNotPresent' });
  });

  it('patch with variables and params', async () => {
    await cluster.create('configmaps', { metadata: { name: 'team' }, data: { name: 'blue' } });
    await policy({
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      variables: [{ name: 'team', expression: 'params.data.name' }],
      ...label('team', 'variables.team + "-" + object.metadata.name'),
    });
    await bind({ paramRef: { name: 'team', parameterNotFoundAction: 'Deny' } });
    expect(labelsOf(await createPod())).toMatchObject({ team: 'blue-web' });
  });

  it('evaluate variables when they are used, and anew for each mutation', async () => {
    await policy({
      variables: [
        { name: 'unused', expression: 'object.metadata.labels.absent' },
        { name: 'count', expression: 'string(object.metadata.labels.size())' },
      ],
      mutations: [
        ...label('a', 'variables.count + variables.count').mutations,
        ...label('b', 'variables.count').mutations,
      ],
    });
    await bind();
    expect(labelsOf(await createPod())).toMatchObject({ a: '11', b: '2' });
  });

  it('go on after a mutation that failed, and are refused for all that did', async () => {
    await policy({
      mutations: [
        ...label('a', 'object.metadata.labels.absent').mutations,
        ...label('b', 'object.metadata.labels.gone').mutations,
      ],
    });
    await bind();
    await expect(createPod()).rejects.toMatchObject({
      code: 403,
      message: expect.stringContaining(`${DENIED}`),
      details: {
        causes: [{ message: expect.stringContaining('absent') }, { message: expect.stringContaining('gone') }],
      },
    });
  });

  it('are asked for their conditions again, and called again only when they are due', async () => {
    answering(() => ({ ...patchOf(labelled('late')) }));
    await configure('mutating', 'late', {});
    await policy({
      ...label('seen', '"x"'),
      matchConditions: [{ name: 'early', expression: '!("late" in object.metadata.labels) || object.spec.absent' }],
    });
    await bind();
    // Never: it is not due in the second round, in which its condition fails.
    await expect(createPod()).rejects.toThrow(DENIED);
  });

  it('mutate in order, each with what the one before made', async () => {
    await policy({
      mutations: [...label('a', '"1"').mutations, ...label('b', 'object.metadata.labels.a + "2"').mutations],
    });
    await bind();
    expect(labelsOf(await createPod())).toMatchObject({ a: '1', b: '12' });
  });

  it('are called again when a webhook changed the object after them, if they want', async () => {
    answering(() => ({ ...patchOf(labelled('late')) }));
    await configure('mutating', 'late', {});
    await policy({ ...label('seen', 'string(object.metadata.labels.size())'), reinvocationPolicy: 'IfNeeded' });
    await bind();
    expect(labelsOf(await createPod())).toMatchObject({ seen: '3', late: 'x' });
  });

  it.each<[string, object]>([
    [
      'a test that fails',
      patching(
        '[JSONPatch{op: "test", path: "/metadata/name", value: "other"}, JSONPatch{op: "remove", path: "/spec"}]',
      ),
    ],
    ['conditions that say no', { matchConditions: [{ name: 'c', expression: 'false' }], ...label('x', '"y"') }],
    ['a failure, open', { failurePolicy: 'Ignore', ...label('x', 'object.nothing') }],
  ])('leave the object alone after %s', async (_what, spec) => {
    await policy(spec);
    await bind();
    expect(labelsOf(await createPod())).toEqual({ app: 'web' });
  });

  it.each<[string, object, string]>([
    ['a failed evaluation', label('x', 'object.nothing'), 'resulted in error: no such key: nothing'],
    ['an operation that fails', patching('[JSONPatch{op: "remove", path: "/spec/nowhere"}]'), `${DENIED}JSON Patch: `],
    [
      'an unknown field',
      applying('Object{spec: Object.spec{nonsense: 1}}'),
      `${DENIED}error applying patch: failed to convert patch object to typed object: .spec.nonsense: field not declared in schema`,
    ],
    [
      'an atomic list',
      applying('Object{spec: Object.spec{containers: [Object.spec.containers{name: "app", args: ["x"]}]}}'),
      `${DENIED}error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.containers[0].args`,
    ],
    ['a type out of place', applying('Object{spec: Object.wrong{nodeName: "x"}}'), 'type mismatch'],
  ])('refuse with %s', async (_what, spec, message) => {
    await policy(spec);
    await bind();
    const created = createPod();
    await expect(created).rejects.toThrow(message);
    await expect(created).rejects.toMatchObject({ code: 403, reason: 'Invalid' });
  });
});
