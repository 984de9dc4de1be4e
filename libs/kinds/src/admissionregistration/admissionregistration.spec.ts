import { describe, expect, it } from '@jest/globals';
import type { FieldError, KubeObject } from '#apimachinery';
import type { Kind } from '../kind.js';
import { mutatingAdmissionPolicyBindingKind } from './mutating-admission-policy-binding.kind.js';
import { mutatingAdmissionPolicyV1alpha1Kind } from './mutating-admission-policy-v1alpha1.kind.js';
import { mutatingWebhookConfigurationKind } from './mutating-webhook-configuration.kind.js';
import { validatingAdmissionPolicyBindingKind } from './validating-admission-policy-binding.kind.js';
import { validatingAdmissionPolicyKind } from './validating-admission-policy.kind.js';
import { validatingWebhookConfigurationKind } from './validating-webhook-configuration.kind.js';

const shown = (errors: readonly FieldError[] | undefined) => errors?.map(({ field, detail }) => `${field}: ${detail}`);
const NOW = Date.parse('2026-01-01T01:00:00Z');

/** Defaults, then says what is wrong. */
function wrongWith(kind: Kind, content: object): string[] | undefined {
  const object = {
    apiVersion: '',
    kind: kind.kind,
    metadata: { name: 'a' },
    ...structuredClone(content),
  } as KubeObject;
  kind.applyDefaults?.(object);
  return shown(kind.validate?.(object));
}

const mutatingKind = mutatingWebhookConfigurationKind as Kind;
const mapKind = mutatingAdmissionPolicyV1alpha1Kind as Kind;
const mapBindingKind = mutatingAdmissionPolicyBindingKind as Kind;
const vapKind = validatingAdmissionPolicyKind as Kind;
const vapBindingKind = validatingAdmissionPolicyBindingKind as Kind;

const RULE = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const webhook = (more: object = {}) => ({
  name: 'a.example.com',
  clientConfig: { url: 'https://hook.example' },
  rules: [RULE],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  ...more,
});
const hooks = (more: object = {}) => ({ webhooks: [webhook(more)] });
const at = (url: string) => hooks({ clientConfig: { url } });
const ruled = (rule: object) => hooks({ rules: [{ ...RULE, ...rule }] });
const service = (one: object) => hooks({ clientConfig: { service: { namespace: 'n', name: 's', ...one } } });

describe('webhook configurations', () => {
  it('have upstream’s defaults', () => {
    const object = { metadata: {}, ...service({}) } as unknown as KubeObject & { webhooks: object[] };
    mutatingKind.applyDefaults?.(object);
    expect(object.webhooks[0]).toMatchObject({
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      timeoutSeconds: 10,
      reinvocationPolicy: 'Never',
      rules: [{ scope: '*' }],
      clientConfig: { service: { port: 443 } },
    });
  });

  const DESIRED = '; desired format: https://host[/path]';
  it.each<[object, string[]]>([
    [hooks(), []],
    [{}, []],
    [hooks({ name: '' }), ['webhooks[0].name: Required value']],
    [
      hooks({ name: 'a.b' }),
      ['webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots'],
    ],
    [{ webhooks: [webhook(), webhook()] }, ['webhooks[1].name: Duplicate value: "a.example.com"']],
    [
      hooks({ failurePolicy: 'x' }),
      ['webhooks[0].failurePolicy: Unsupported value: "x": supported values: "Fail", "Ignore"'],
    ],
    [
      hooks({ matchPolicy: 'x' }),
      ['webhooks[0].matchPolicy: Unsupported value: "x": supported values: "Equivalent", "Exact"'],
    ],
    [
      hooks({ sideEffects: undefined }),
      ['webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun'],
    ],
    [
      hooks({ sideEffects: 'Some' }),
      ['webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"'],
    ],
    [
      hooks({ timeoutSeconds: 31 }),
      ['webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds'],
    ],
    [
      hooks({ timeoutSeconds: 0 }),
      ['webhooks[0].timeoutSeconds: Invalid value: 0: the timeout value must be between 1 and 30 seconds'],
    ],
    [
      hooks({ reinvocationPolicy: 'x' }),
      ['webhooks[0].reinvocationPolicy: Unsupported value: "x": supported values: "IfNeeded", "Never"'],
    ],
    [
      hooks({ admissionReviewVersions: [] }),
      ['webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1'],
    ],
    [
      hooks({ admissionReviewVersions: ['v9'] }),
      ['webhooks[0].admissionReviewVersions: Invalid value: ["v9"]: must include at least one of v1, v1beta1'],
    ],
    [
      hooks({ admissionReviewVersions: ['v1', 'v1'] }),
      ['webhooks[0].admissionReviewVersions[1]: Invalid value: "v1": duplicate version'],
    ],
    [
      hooks({ clientConfig: {} }),
      ['webhooks[0].clientConfig: Required value: exactly one of url or service is required'],
    ],
    [
      at('http://h'),
      [`webhooks[0].clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme${DESIRED}`],
    ],
    [at('https://'), [`webhooks[0].clientConfig.url: Invalid value: "": host must be specified${DESIRED}`]],
    [
      at('https://u:p@h'),
      ['webhooks[0].clientConfig.url: Invalid value: "u:p": user information is not permitted in the URL'],
    ],
    [at('https://h/x#y'), ['webhooks[0].clientConfig.url: Invalid value: "y": fragments are not permitted in the URL']],
    [
      at('https://h/x?y=z'),
      ['webhooks[0].clientConfig.url: Invalid value: "y=z": query parameters are not permitted in the URL'],
    ],
    [
      service({ path: '//' }),
      ['webhooks[0].clientConfig.service.path: Invalid value: "//": segment[0] may not be empty'],
    ],
    [
      service({ path: 'x' }),
      [
        'webhooks[0].clientConfig.service.path: Invalid value: "x": must start with a \'/\'',
        'webhooks[0].clientConfig.service.path: Invalid value: "x": segment[0] may not be empty',
      ],
    ],
    [
      service({ port: 0 }),
      [
        'webhooks[0].clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive',
      ],
    ],
    [service({ name: '' }), ['webhooks[0].clientConfig.service.namespace: Required value']],
    [ruled({ operations: [] }), ['webhooks[0].rules[0].operations: Required value']],
    [
      ruled({ operations: ['*', 'CREATE'] }),
      [
        'webhooks[0].rules[0].operations: Invalid value: ["*","CREATE"]: if \'*\' is present, must not specify other operations',
      ],
    ],
    [
      ruled({ operations: ['create'] }),
      [
        'webhooks[0].rules[0].operations[0]: Unsupported value: "create": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"',
      ],
    ],
    [ruled({ apiVersions: ['v1', ''] }), ['webhooks[0].rules[0].apiVersions[1]: Required value']],
    [
      ruled({ resources: ['*/*', 'pods'] }),
      [
        'webhooks[0].rules[0].resources: Invalid value: ["*/*","pods"]: if \'*/*\' is present, must not specify other resources',
      ],
    ],
    [
      ruled({ resources: ['*', 'pods'] }),
      [
        'webhooks[0].rules[0].resources: Invalid value: ["*","pods"]: if \'*\' is present, must not specify other resources without subresources',
      ],
    ],
    [
      ruled({ resources: ['pods/*', 'pods/status'] }),
      [
        'webhooks[0].rules[0].resources[1]: Invalid value: "pods/status": if \'pods/*\' is present, must not specify pods/status',
      ],
    ],
    [
      ruled({ scope: 'x' }),
      ['webhooks[0].rules[0].scope: Unsupported value: "x": supported values: "*", "Cluster", "Namespaced"'],
    ],
    [
      hooks({
        matchConditions: [
          { name: 'a', expression: ' ' },
          { name: 'a', expression: 'true' },
        ],
      }),
      [
        'webhooks[0].matchConditions[0].expression: Required value',
        'webhooks[0].matchConditions[1].name: Duplicate value: "a"',
      ],
    ],
  ])('%j', (content, errors) => {
    expect(wrongWith(mutatingKind, content)).toEqual(errors);
  });

  it('are counted in tables', () => {
    const object = { metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' }, ...hooks() };
    expect((validatingWebhookConfigurationKind as Kind).row?.(object as unknown as KubeObject, NOW)).toEqual([
      'a',
      1,
      '60m',
    ]);
  });
});

const policy = (more: object = {}) => ({
  spec: { matchConstraints: { resourceRules: [RULE] }, validations: [{ expression: 'true' }], ...more },
});
const mutating = (more: object = {}) => ({
  spec: {
    matchConstraints: { resourceRules: [RULE] },
    reinvocationPolicy: 'Never',
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{op: "remove", path: "/x"}]' } }],
    ...more,
  },
});
const mutation = (one: object) => mutating({ mutations: [one] });
const binding = (more: object = {}) => ({ spec: { policyName: 'p', validationActions: ['Deny'], ...more } });
const EMPTY = 'Required value: validations or auditAnnotations must contain at least one item';

describe('policies', () => {
  it.each<[Kind, object, string[]]>([
    [vapKind, policy(), []],
    [
      vapKind,
      { spec: {} },
      ['spec.matchConstraints: Required value', `spec.validations: ${EMPTY}`, `spec.auditAnnotations: ${EMPTY}`],
    ],
    [
      vapKind,
      policy({ failurePolicy: 'x' }),
      ['spec.failurePolicy: Unsupported value: "x": supported values: "Fail", "Ignore"'],
    ],
    [vapKind, policy({ matchConstraints: {} }), ['spec.matchConstraints.resourceRules: Required value']],
    [
      vapKind,
      policy({ paramKind: { apiVersion: 'a/b/c' } }),
      [
        'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
        'spec.paramKind.kind: Required value',
      ],
    ],
    [
      vapKind,
      policy({ variables: [{ name: 'for', expression: '' }] }),
      [
        'spec.variables[0].name: Invalid value: "for": name is not a valid CEL identifier',
        'spec.variables[0].expression: Required value: expression is not specified',
      ],
    ],
    [
      vapKind,
      policy({ validations: [{ expression: ' ', message: 'a\nb', reason: 'x' }] }),
      [
        'spec.validations[0].expression: Required value: expression is not specified',
        'spec.validations[0].message: Invalid value: "a\\nb": message must not contain line breaks',
        'spec.validations[0].reason: Unsupported value: "x": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
      ],
    ],
    [
      vapKind,
      policy({
        auditAnnotations: [
          { key: 'k', valueExpression: '' },
          { key: 'k', valueExpression: "'x'" },
        ],
      }),
      [
        'spec.auditAnnotations[0].valueExpression: Required value: valueExpression is not specified',
        'spec.auditAnnotations[1].key: Duplicate value: "k"',
      ],
    ],
    [vapBindingKind, binding(), []],
    [vapBindingKind, binding({ policyName: '' }), ['spec.policyName: Required value']],
    [
      vapBindingKind,
      binding({ validationActions: [] }),
      ['spec.validationActions: Required value: at least one validation action is required'],
    ],
    [
      vapBindingKind,
      binding({ validationActions: ['Deny', 'Deny'] }),
      ['spec.validationActions[1]: Duplicate value: "Deny"'],
    ],
    [
      vapBindingKind,
      binding({ validationActions: ['x'] }),
      ['spec.validationActions[0]: Unsupported value: "x": supported values: "Audit", "Deny", "Warn"'],
    ],
    [
      vapBindingKind,
      binding({ paramRef: {} }),
      [
        'spec.paramRef: Required value: one of name or selector must be specified',
        'spec.paramRef.parameterNotFoundAction: Required value',
      ],
    ],
    [
      vapBindingKind,
      binding({ paramRef: { name: 'a/b', selector: {}, parameterNotFoundAction: 'x' } }),
      [
        'spec.paramRef.name: Invalid value: "a/b": may not contain \'/\'',
        'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
        'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
        'spec.paramRef.parameterNotFoundAction: Unsupported value: "x": supported values: "Deny", "Allow"',
      ],
    ],
    [mapKind, mutating(), []],
    [
      mapKind,
      { spec: {} },
      [
        'spec.matchConstraints: Required value',
        'spec.mutations: Required value: mutations must contain at least one item',
        'spec.reinvocationPolicy: Required value',
      ],
    ],
    [
      mapKind,
      mutating({ reinvocationPolicy: 'x' }),
      ['spec.reinvocationPolicy: Unsupported value: "x": supported values: "Never", "IfNeeded"'],
    ],
    [
      mapKind,
      mutation({ patchType: 'x' }),
      ['spec.mutations[0].patchType: Unsupported value: "x": supported values: "ApplyConfiguration", "JSONPatch"'],
    ],
    [
      mapKind,
      mutation({ patchType: 'JSONPatch', applyConfiguration: { expression: 'Object{}' } }),
      [
        'spec.mutations[0].applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when patchType is JSONPatch',
        'spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch',
      ],
    ],
    [
      mapKind,
      mutating({ matchConstraints: { resourceRules: [{ ...RULE, operations: ['DELETE'] }] } }),
      [
        'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
      ],
    ],
    [
      mapBindingKind,
      { spec: { policyName: 'p', matchResources: { resourceRules: [{ ...RULE, resourceNames: ['a', 'a'] }] } } },
      ['spec.matchResources.resourceRules[0].resourceNames[1]: Duplicate value: "a"'],
    ],
  ])('rule %#', (kind, content, errors) => {
    expect(wrongWith(kind, content)).toEqual(errors);
  });

  it.each<[Kind, object, unknown[]]>([
    [vapKind, policy(), [1, '<unset>']],
    [mapKind, mutating({ paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }), [1, 'v1/ConfigMap']],
    [vapBindingKind, binding(), ['p', '<unset>']],
    [vapBindingKind, binding({ paramRef: { name: 'x' } }), ['p', '*/x']],
    [mapBindingKind, binding({ paramRef: { name: 'x', namespace: 'n' } }), ['p', 'n/x']],
    [
      vapBindingKind,
      binding({ paramRef: { selector: { matchLabels: { a: 'b' } } } }),
      ['p', '&LabelSelector{MatchLabels:map[string]string{a: b,},MatchExpressions:[]LabelSelectorRequirement{},}'],
    ],
  ])('%# is shown in tables', (kind, content, cells) => {
    const object = { metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' }, ...content };
    expect(kind.row?.(object as unknown as KubeObject, NOW)).toEqual(['a', ...cells, '60m']);
  });
});
