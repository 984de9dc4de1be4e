import { describe, expect, it } from '@jest/globals';
import { answering, authorizing, cluster, configure, createPod, GROUP, reviews, useWebhooks } from './spec-webhooks.js';

useWebhooks();

const RULE = { operations: ['*'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] };

const policy = (spec: object, name = 'p') =>
  cluster.create(
    'validatingadmissionpolicies',
    {
      metadata: { name },
      spec: { matchConstraints: { resourceRules: [RULE] }, validations: [{ expression: 'true' }], ...spec },
    },
    GROUP,
  );
const bind = (spec: object = {}, name = 'b') =>
  cluster.create(
    'validatingadmissionpolicybindings',
    { metadata: { name }, spec: { policyName: 'p', validationActions: ['Deny'], ...spec } },
    GROUP,
  );
const rule = (expression: string, more: object = {}) => ({ validations: [{ expression, ...more }] });

const deployment = (replicas: number, metadata: object = {}) => ({
  metadata: { name: 'web', ...metadata },
  spec: {
    replicas,
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
});
const deploy = (replicas: number, metadata?: object) =>
  cluster.verbs.create(
    cluster.ctx(),
    cluster.target('deployments', undefined, { group: 'apps' }),
    { object: deployment(replicas, metadata) },
    {},
  );
const DENIED = `deployments.apps "web" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: `;

describe('validating admission policies', () => {
  it('have no effect until they are bound', async () => {
    await policy(rule('false'));
    await deploy(1);
    await bind();
    await expect(deploy(1, { name: 'second' })).rejects.toMatchObject({ code: 422, reason: 'Invalid' });
  });

  it.each<[string, object, { code: number; reason: string; message: string }]>([
    [
      'the expression',
      rule('object.spec.replicas <= 5'),
      { code: 422, reason: 'Invalid', message: `${DENIED}failed expression: object.spec.replicas <= 5` },
    ],
    [
      'a message',
      rule('object.spec.replicas <= 5', { message: ' too many ' }),
      { code: 422, reason: 'Invalid', message: `${DENIED}too many` },
    ],
    [
      'a message expression',
      rule('object.spec.replicas <= 5', {
        message: 'x',
        messageExpression: "'no more than 5, not ' + string(object.spec.replicas)",
      }),
      { code: 422, reason: 'Invalid', message: `${DENIED}no more than 5, not 9` },
    ],
    [
      'a message when its expression fails',
      rule('object.spec.replicas <= 5', { message: 'x', messageExpression: 'object.spec.nothing' }),
      { code: 422, reason: 'Invalid', message: `${DENIED}x` },
    ],
    [
      'a reason',
      rule('false', { reason: 'Forbidden' }),
      { code: 403, reason: 'Forbidden', message: `${DENIED}failed expression: false` },
    ],
    [
      'a reason of size',
      rule('false', { reason: 'RequestEntityTooLarge' }),
      { code: 413, reason: 'RequestEntityTooLarge', message: `${DENIED}failed expression: false` },
    ],
    [
      'a failed evaluation',
      rule('object.spec.nothing > 1'),
      {
        code: 422,
        reason: 'Invalid',
        message: `${DENIED}expression 'object.spec.nothing > 1' resulted in error: no such key: nothing`,
      },
    ],
  ])('refuse with %s', async (_what, spec, refusal) => {
    await policy(spec);
    await bind();
    await expect(deploy(9)).rejects.toMatchObject({
      ...refusal,
      details: { causes: [{ message: refusal.message.split('forbidden: ')[1] }] },
    });
  });

  it.each<[string, object, boolean]>([
    ['object', rule('object.metadata.name == "web"'), true],
    ['oldObject', rule('oldObject == null'), true],
    [
      'request',
      rule(
        'request.operation == "CREATE" && request.resource.resource == "deployments" && request.userInfo.username == "admin" && !request.dryRun',
      ),
      true,
    ],
    ['namespaceObject', rule('namespaceObject.metadata.labels.team == "blue"'), true],
    [
      'variables',
      {
        variables: [
          { name: 'n', expression: 'object.spec.replicas' },
          { name: 'twice', expression: 'variables.n * 2' },
        ],
        ...rule('variables.twice == 18'),
      },
      true,
    ],
    [
      'variables that are never used',
      { variables: [{ name: 'bad', expression: 'object.spec.nothing' }], ...rule('true') },
      true,
    ],
    [
      'match conditions that say no',
      { matchConditions: [{ name: 'few', expression: 'object.spec.replicas < 5' }], ...rule('false') },
      true,
    ],
    [
      'match conditions that say yes',
      { matchConditions: [{ name: 'many', expression: 'object.spec.replicas > 5' }], ...rule('false') },
      false,
    ],
    [
      'one condition that says no, whatever fails',
      {
        matchConditions: [
          { name: 'a', expression: 'object.spec.nothing' },
          { name: 'b', expression: 'false' },
        ],
        ...rule('false'),
      },
      true,
    ],
    [
      'conditions that fail',
      { matchConditions: [{ name: 'a', expression: 'object.spec.nothing' }], ...rule('true') },
      false,
    ],
    [
      'conditions that fail, open',
      {
        failurePolicy: 'Ignore',
        matchConditions: [{ name: 'a', expression: 'object.spec.nothing' }],
        ...rule('false'),
      },
      true,
    ],
    ['a failed evaluation, open', { failurePolicy: 'Ignore', ...rule('object.spec.nothing') }, true],
    [
      'other resources',
      { matchConstraints: { resourceRules: [{ ...RULE, resources: ['daemonsets'] }] }, ...rule('false') },
      true,
    ],
    [
      'resource names',
      { matchConstraints: { resourceRules: [{ ...RULE, resourceNames: ['other'] }] }, ...rule('false') },
      true,
    ],
    [
      'exclusions',
      { matchConstraints: { resourceRules: [RULE], excludeResourceRules: [RULE] }, ...rule('false') },
      true,
    ],
    [
      'another namespace',
      {
        matchConstraints: { resourceRules: [RULE], namespaceSelector: { matchLabels: { team: 'red' } } },
        ...rule('false'),
      },
      true,
    ],
  ])('look at %s', async (_what, spec, admitted) => {
    await policy(spec);
    await bind();
    const created = deploy(9);
    if (admitted) expect((await created).object().metadata.name).toBe('web');
    else await expect(created).rejects.toThrow('denied request');
  });

  it.each<[string, object | undefined, object, string | undefined]>([
    ['by name', { max: '5' }, { name: 'limit' }, 'failed expression: object.spec.replicas <= int(params.data.max)'],
    ['by name, in its namespace', { max: '5' }, { name: 'limit', namespace: 'default' }, 'failed expression'],
    ['that allow', { max: '10' }, { name: 'limit' }, undefined],
    ['by selector', { max: '5' }, { selector: { matchLabels: { kind: 'limit' } } }, 'failed expression'],
    [
      'that are not there',
      undefined,
      { name: 'limit' },
      'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
    ],
    ['that need not be there', undefined, { name: 'limit', parameterNotFoundAction: 'Allow' }, undefined],
  ])('take params %s', async (_what, data, ref, message) => {
    if (data) await cluster.create('configmaps', { metadata: { name: 'limit', labels: { kind: 'limit' } }, data });
    await policy({
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      ...rule('object.spec.replicas <= int(params.data.max)'),
    });
    await bind({ paramRef: { parameterNotFoundAction: 'Deny', ...ref } });
    if (message) await expect(deploy(9)).rejects.toThrow(`${DENIED}${message}`);
    else await deploy(9);
  });

  it('say when nobody knows the kind of their params', async () => {
    await policy({ paramKind: { apiVersion: 'rules.example.com/v1', kind: 'Limit' }, ...rule('true') });
    await bind({ paramRef: { name: 'x', parameterNotFoundAction: 'Deny' } });
    await expect(deploy(1)).rejects.toThrow(
      `ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'rules.example.com/v1, Kind=Limit'`,
    );
  });

  it('warn and audit where the binding wants no more', async () => {
    await policy({
      ...rule('false', { message: 'no' }),
      auditAnnotations: [
        { key: 'n', valueExpression: "'replicas: ' + string(object.spec.replicas)" },
        { key: 'none', valueExpression: 'null' },
      ],
    });
    await bind({ validationActions: ['Warn', 'Audit'] });
    const annotations: string[] = [];
    const ctx = {
      ...cluster.ctx(),
      annotate: (key: string, value: string) => void annotations.push(`${key}=${value}`),
    };
    await cluster.verbs.create(
      ctx,
      cluster.target('deployments', undefined, { group: 'apps' }),
      { object: deployment(9) },
      {},
    );
    expect(cluster.warnings).toEqual(["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': no"]);
    expect(annotations).toEqual([
      'validation.policy.admission.k8s.io/validation_failure=[{"message":"no","policy":"p","binding":"b","expressionIndex":0,"validationActions":["Warn","Audit"]}]',
      'p/n=replicas: 9',
    ]);
  });

  it('ask what the user may do', async () => {
    const may = (verb: string) =>
      `authorizer.group('').resource('pods').namespace('default').check('${verb}').allowed()`;
    // Each question costs a third of what an expression may.
    const expressions = [`${may('get')} && !${may('explode')}`, `authorizer.requestResource.check('create').allowed()`];
    await policy({ validations: expressions.map((expression) => ({ expression })) });
    await bind();
    const jane = cluster.ctx({ username: 'jane', groups: ['dev'] });
    const target = cluster.target('deployments', undefined, { group: 'apps' });
    await expect(cluster.verbs.create(jane, target, { object: deployment(1) }, {})).rejects.toThrow('denied request');
    const verbs: string[] = [];
    authorizing((_user, { verb }) => (verbs.push(verb), { allowed: verb !== 'explode', reason: '' }));
    await cluster.verbs.create(jane, target, { object: deployment(1) }, {});
    expect(verbs).toEqual(expect.arrayContaining(['get', 'explode', 'create']));
  });

  it('are bounded in cost', async () => {
    const list = `[${Array.from({ length: 100 }, (_, i) => i).join(',')}]`;
    const wild = `${list}.all(a, ${list}.all(b, ${list}.all(c, ${list}.all(d, true))))`;
    await policy(rule(wild));
    await bind();
    await expect(deploy(1)).rejects.toThrow(
      /operation cancelled: actual cost limit exceeded|running out of cost budget/,
    );
  });

  it('see what is updated and deleted', async () => {
    await deploy(3);
    await policy(
      rule(
        "request.operation == 'DELETE' ? oldObject.spec.replicas == 0 : object.spec.replicas >= oldObject.spec.replicas",
      ),
    );
    await bind();
    const target = cluster.target('deployments', 'web', { group: 'apps' });
    const scale = (replicas: number) =>
      cluster.verbs.patch(cluster.ctx(), target, 'merge', { object: { spec: { replicas } } }, {});
    await scale(4);
    await expect(scale(2)).rejects.toThrow('denied request');
    await expect(cluster.verbs.delete(cluster.ctx(), target, {})).rejects.toThrow('denied request');
  });

  it('see no namespace around what lies in none', async () => {
    const rules = [{ ...RULE, apiGroups: [''], resources: ['namespaces'] }];
    await policy({ matchConstraints: { resourceRules: rules }, ...rule('namespaceObject != null') });
    await bind();
    await expect(cluster.create('namespaces', { metadata: { name: 'red' } })).rejects.toThrow('denied request');
  });

  it('never stand in the way of policies', async () => {
    await policy({
      matchConstraints: {
        resourceRules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }],
      },
      ...rule('false'),
    });
    await bind();
    await bind({}, 'other');
    await expect(deploy(1)).rejects.toThrow('denied request');
  });

  it.each<[string, object, string]>([
    [
      'a wrong expression',
      rule('object.'),
      'spec.validations[0].expression: Invalid value: "object.": compilation failed: ERROR: <input>:1:8: Syntax error',
    ],
    ['another type', rule('1'), 'spec.validations[0].expression: Invalid value: "1": must evaluate to bool'],
    ['params without a kind', rule('params.x'), "undeclared reference to 'params'"],
    [
      'an authorizer in a message',
      rule('true', { messageExpression: "string(authorizer.path('/x').check('get').allowed())" }),
      "undeclared reference to 'authorizer'",
    ],
    ['a variable that is not there', rule('variables.x'), "undefined field 'x'"],
  ])('are refused with %s', async (_what, spec, message) => {
    await expect(policy(spec)).rejects.toThrow(message);
  });
});

describe('match conditions of webhooks', () => {
  it.each<[string, string, number | string]>([
    ['that say yes', "object.metadata.name == 'web'", 1],
    ['that say no', "request.userInfo.username != 'admin'", 0],
    [
      'that fail',
      'object.nothing == 1',
      'pods "web" is forbidden: expression \'object.nothing == 1\' resulted in error: no such key: nothing',
    ],
  ])('%s', async (_what, expression, outcome) => {
    answering(() => ({}));
    await configure('validating', 'all', { matchConditions: [{ name: 'c', expression }] });
    if (typeof outcome === 'string') await expect(createPod()).rejects.toThrow(outcome);
    else {
      await createPod();
      expect(reviews()).toHaveLength(outcome);
    }
  });
});
