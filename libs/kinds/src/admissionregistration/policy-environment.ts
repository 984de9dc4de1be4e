import { BOOL, compileCel, type CelCompilation, CelType, DYN, INT, NULL, STRING, TIMESTAMP } from '#cel';
import type { Variable } from '../generated/types.js';

/** What expressions of policies and match conditions may speak of. Models plugin/cel of apiserver's admission (1.36). */
export interface PolicyScope {
  /** The policy has a paramKind. */
  readonly params: boolean;
  readonly authorizer: boolean;
  /** Types of the policy's own variables, in order. */
  readonly composed?: ReadonlyMap<string, CelType>;
  /** Expressions may build objects and patches. */
  readonly mutation?: boolean;
}

const texts = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, STRING]));
const TEXT_MAP = CelType.map(STRING, STRING);

const REQUEST = CelType.object('kubernetes.AdmissionRequest', {
  kind: CelType.object('kubernetes.GroupVersionKind', texts('group', 'version', 'kind')),
  resource: CelType.object('kubernetes.GroupVersionResource', texts('group', 'version', 'resource')),
  requestKind: CelType.object('kubernetes.GroupVersionKind', texts('group', 'version', 'kind')),
  requestResource: CelType.object('kubernetes.GroupVersionResource', texts('group', 'version', 'resource')),
  ...texts('subResource', 'requestSubResource', 'name', 'namespace', 'operation'),
  userInfo: CelType.object('kubernetes.UserInfo', {
    ...texts('username', 'uid'),
    groups: CelType.list(STRING),
    extra: CelType.map(STRING, CelType.list(STRING)),
  }),
  dryRun: BOOL,
  options: DYN,
});

const NAMESPACE = CelType.object('kubernetes.Namespace', {
  metadata: CelType.object('kubernetes.NamespaceMetadata', {
    ...texts('name', 'generateName', 'namespace', 'UID', 'resourceVersion'),
    labels: TEXT_MAP,
    annotations: TEXT_MAP,
    creationTimestamp: TIMESTAMP,
    deletionTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    generation: INT,
    finalizers: CelType.list(STRING),
  }),
  spec: CelType.object('kubernetes.NamespaceSpec', { finalizers: CelType.list(STRING) }),
  status: CelType.object('kubernetes.NamespaceStatus', texts('phase')),
});

const AUTHORIZER = CelType.opaque('kubernetes.authorization.Authorizer');
const RESOURCE_CHECK = CelType.opaque('kubernetes.authorization.ResourceCheck');

/** `object`, `oldObject` and `params` have no known type here: what rules match may be many kinds. */
export function policyVariables(
  scope: PolicyScope,
  object: CelType = DYN,
  params: CelType = DYN,
): Record<string, CelType> {
  const composed = scope.composed ?? new Map<string, CelType>();
  return {
    object,
    oldObject: object,
    request: REQUEST,
    namespaceObject: NAMESPACE,
    ...(scope.params ? { params } : {}),
    ...(scope.authorizer ? { authorizer: AUTHORIZER, 'authorizer.requestResource': RESOURCE_CHECK } : {}),
    // Each by its own qualified name, so that only those are evaluated which an expression uses.
    variables: CelType.object('kubernetes.variables', () => composed),
    ...Object.fromEntries([...composed].map(([name, type]) => [`variables.${name}`, type])),
  };
}

export type PolicyExpressionUse = 'condition' | 'message' | 'annotation' | 'variable' | 'patch' | 'configuration';

const RETURNS: Readonly<Record<PolicyExpressionUse, readonly CelType[] | undefined>> = {
  condition: [BOOL],
  message: [STRING],
  annotation: [STRING, NULL],
  variable: undefined,
  patch: [CelType.list(CelType.object('JSONPatch', {}))],
  configuration: [CelType.object('Object', {})],
};

export function compilePolicyExpression(
  expression: string,
  use: PolicyExpressionUse,
  scope: PolicyScope,
  variables = policyVariables(scope),
): CelCompilation {
  const returns = RETURNS[use];
  return compileCel(expression, {
    variables,
    ...(returns ? { returns } : {}),
    ...(scope.mutation ? { mutation: true } : {}),
  });
}

export interface ComposedVariable {
  readonly name: string;
  readonly compilation: CelCompilation;
}

/** Each may use those before it; one that does not compile has any type. */
export function composeVariables(
  variables: readonly Variable[],
  scope: PolicyScope,
): {
  readonly composed: ReadonlyMap<string, CelType>;
  readonly compiled: readonly ComposedVariable[];
} {
  const composed = new Map<string, CelType>();
  const compiled = variables.map(({ name, expression }): ComposedVariable => {
    const compilation = compilePolicyExpression(expression ?? '', 'variable', { ...scope, composed });
    composed.set(name, compilation.program?.type ?? DYN);
    return { name, compilation };
  });
  return { composed, compiled };
}
