import { type CelType, DYN } from '#cel';
import { apiVersionOf, parseApiVersion } from '#apimachinery';
import type { KindCatalog } from '../catalog.js';
import { celTypeOfKind } from '../cel-type-of-kind.js';
import type { ExpressionWarning, ParamKind, ValidatingAdmissionPolicySpec } from '../generated/types.js';
import type { Kind } from '../kind.js';
import {
  compilePolicyExpression,
  type PolicyExpressionUse,
  type PolicyScope,
  policyVariables,
} from './policy-environment.js';

/** Of so many kinds that a policy matches, the expressions are checked against. Models maxTypesToCheck (1.36). */
const KINDS_MAX = 10;

/**
 * What expressions say of fields that the matched kinds do not have. Such a policy is not wrong (it may match other kinds,
 * too), but its author should know. Models TypeChecker of plugin/policy/validating (1.36).
 */
export function expressionWarnings(spec: ValidatingAdmissionPolicySpec, kinds: KindCatalog): ExpressionWarning[] {
  const matched = matchedKinds(spec, kinds);
  if (matched.length === 0) return [];
  const params = paramsType(spec.paramKind, kinds);
  const environments = matched.map((kind) => ({ kind, ...environmentOf(spec, celTypeOfKind(kind), params) }));
  const check = (fieldRef: string, expression: string | undefined, use: PolicyExpressionUse): ExpressionWarning[] => {
    if (!expression) return [];
    const texts = environments.flatMap(({ kind, scope, variables }) => {
      const { error } = compilePolicyExpression(expression, use, scope, variables);
      return error === undefined ? [] : [`${shownKind(kind)}: ${error}`];
    });
    return texts.length === 0 ? [] : [{ fieldRef, warning: texts.join('\n') }];
  };
  return (spec.validations ?? []).flatMap(({ expression, messageExpression }, i) => [
    ...check(`spec.validations[${i}].expression`, expression, 'condition'),
    ...check(`spec.validations[${i}].messageExpression`, messageExpression, 'message'),
  ]);
}

/** Rules that name their groups, versions and resources; what a wildcard matches has no one type. */
function matchedKinds({ matchConstraints }: ValidatingAdmissionPolicySpec, kinds: KindCatalog): Kind[] {
  const found = new Map<string, Kind>();
  for (const { apiGroups = [], apiVersions = [], resources = [] } of matchConstraints?.resourceRules ?? []) {
    for (const kind of kinds.all) {
      if (!apiGroups.includes(kind.group) || !apiVersions.includes(kind.version)) continue;
      if (resources.includes(kind.resource)) found.set(shownKind(kind), kind);
    }
  }
  return [...found]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, KINDS_MAX)
    .map(([, kind]) => kind);
}

function paramsType(paramKind: ParamKind | undefined, kinds: KindCatalog): CelType {
  const gv = paramKind && parseApiVersion(paramKind.apiVersion ?? '');
  const kind = gv && kinds.byKind({ ...gv, kind: paramKind.kind ?? '' });
  return kind ? celTypeOfKind(kind) : DYN;
}

function environmentOf(
  spec: ValidatingAdmissionPolicySpec,
  object: CelType,
  params: CelType,
): { scope: PolicyScope; variables: Record<string, CelType> } {
  const scope: PolicyScope = { params: spec.paramKind !== undefined, authorizer: true };
  const composed = new Map<string, CelType>();
  for (const { name, expression } of spec.variables ?? []) {
    const variables = policyVariables({ ...scope, composed }, object, params);
    const { program } = compilePolicyExpression(expression, 'variable', scope, variables);
    composed.set(name, program?.type ?? DYN);
  }
  return { scope, variables: policyVariables({ ...scope, composed }, object, params) };
}

/** As Go prints a GroupVersionKind: 'apps/v1, Kind=Deployment', '/v1, Kind=Pod'. */
function shownKind(kind: Kind): string {
  return `${kind.group === '' ? '/' : ''}${apiVersionOf(kind)}, Kind=${kind.kind}`;
}
