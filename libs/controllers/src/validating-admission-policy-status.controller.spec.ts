import { describe, expect, it } from '@jest/globals';
import { builtInKinds, expressionWarnings, type ValidatingAdmissionPolicy } from '#kinds';
import { reconcile } from './validating-admission-policy-status.controller.js';

const RULE = { operations: ['CREATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] };

function aPolicy(spec: object, observedGeneration?: number): ValidatingAdmissionPolicy {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p', generation: 2 },
    spec: { matchConstraints: { resourceRules: [RULE] }, ...spec },
    ...(observedGeneration === undefined ? {} : { status: { observedGeneration } }),
  };
}

async function statusAfter(policy: ValidatingAdmissionPolicy): Promise<unknown> {
  let written: unknown;
  await reconcile(
    {
      policy: () => policy,
      warningsOf: ({ spec = {} }) => expressionWarnings(spec, builtInKinds),
      writeStatus: async ({ status }) => void (written = status),
    },
    { namespace: '', name: 'p' },
  );
  return written;
}

const checks = (...expressions: string[]) => ({ validations: expressions.map((expression) => ({ expression })) });

describe('validatingadmissionpolicy-status', () => {
  it('says what expressions get wrong', async () => {
    const status = await statusAfter(aPolicy(checks('object.spec.replicas > 1', 'object.replicas > 1')));
    expect(status).toEqual({
      observedGeneration: 2,
      typeChecking: {
        expressionWarnings: [
          {
            fieldRef: 'spec.validations[1].expression',
            warning:
              "apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^",
          },
        ],
      },
    });
  });

  it.each<[string, object]>([
    ['nothing is wrong', checks('object.spec.template.spec.containers.all(c, c.image.startsWith("x"))')],
    [
      'variables are typed',
      { variables: [{ name: 'n', expression: 'object.spec.replicas' }], ...checks('variables.n > 1') },
    ],
    ['params are typed', { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, ...checks('params.data.x == "y"') }],
    [
      'the kinds are not known',
      { matchConstraints: { resourceRules: [{ ...RULE, apiGroups: ['*'] }] }, ...checks('object.nothing') },
    ],
  ])('says nothing when %s', async (_what, spec) => {
    expect(await statusAfter(aPolicy(spec))).toEqual({ observedGeneration: 2, typeChecking: {} });
  });

  it('looks at each generation once', async () => {
    expect(await statusAfter(aPolicy(checks('object.replicas > 1'), 2))).toBeUndefined();
  });
});
