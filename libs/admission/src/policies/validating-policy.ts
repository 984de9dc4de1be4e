import { type CelBudget, type CelCompilation, RUNTIME_COST_BUDGET } from '#cel';
import type { KubeObject } from '#apimachinery';
import {
  compilePolicyExpression,
  type ComposedVariable,
  composeVariables,
  type ParamKind,
  type PolicyScope,
  type ValidatingAdmissionPolicy,
} from '#kinds';
import { withVariables } from './composed-variables.js';
import { evaluate, type Evaluated, type Inputs, OutOfBudget } from './expression.js';
import { type CompiledCondition, compiledConditions, evaluateConditions } from './match-conditions.js';
import { type CompiledMatch, compiledMatch } from './policy-match.js';

interface Check {
  readonly source: string;
  readonly compilation: CelCompilation;
  readonly message: string;
  readonly messageCompilation: CelCompilation | undefined;
  readonly messageSource: string;
  readonly reason: string;
}

interface Annotation {
  readonly key: string;
  readonly source: string;
  readonly compilation: CelCompilation;
}

/** A ValidatingAdmissionPolicy, ready to be evaluated. */
export interface ValidatingPolicy {
  readonly name: string;
  readonly failsOpen: boolean;
  readonly paramKind: ParamKind | undefined;
  readonly match: CompiledMatch;
  readonly conditions: readonly CompiledCondition[];
  readonly variables: readonly ComposedVariable[];
  readonly checks: readonly Check[];
  readonly annotations: readonly Annotation[];
}

export function validatingPolicy(object: KubeObject): ValidatingPolicy {
  const { metadata, spec = {} } = object as ValidatingAdmissionPolicy;
  const scope: PolicyScope = { params: spec.paramKind !== undefined, authorizer: true };
  const { composed, compiled } = composeVariables(spec.variables ?? [], scope);
  const whole = { ...scope, composed };
  return {
    name: metadata.name ?? '',
    failsOpen: spec.failurePolicy === 'Ignore',
    paramKind: spec.paramKind,
    match: compiledMatch(spec.matchConstraints ?? {}),
    conditions: compiledConditions(spec.matchConditions, scope),
    variables: compiled,
    checks: (spec.validations ?? []).map(
      ({ expression, message = '', messageExpression = '', reason = 'Invalid' }) => ({
        source: expression,
        compilation: compilePolicyExpression(expression, 'condition', whole),
        message: message.trim(),
        messageSource: messageExpression,
        messageCompilation: messageExpression
          ? compilePolicyExpression(messageExpression, 'message', { ...whole, authorizer: false })
          : undefined,
        reason,
      }),
    ),
    annotations: (spec.auditAnnotations ?? []).map(({ key, valueExpression }) => ({
      key,
      source: valueExpression,
      compilation: compilePolicyExpression(valueExpression.trim(), 'annotation', whole),
    })),
  };
}

/** Why a policy says no. */
export interface Denial {
  readonly message: string;
  readonly reason: string;
  /** Which validation; 0 where it is none of them. */
  readonly index: number;
}

export interface Verdict {
  readonly denials: readonly Denial[];
  readonly annotations: readonly { readonly key: string; readonly value: string }[];
  /** Annotations that could not be made deny whatever the binding's actions are. */
  readonly annotationErrors: readonly string[];
}

const NOTHING: Verdict = { denials: [], annotations: [], annotationErrors: [] };
/** What a message may have in bytes. Models MaxEvaluatedMessageExpressionSizeBytes (1.36). */
const MESSAGE_BYTES_MAX = 5 * 1024;
const ANNOTATION_LENGTH_MAX = 10 * 1024;

/** Pure. `inputs` hold everything but the variables. Models validator.Validate of plugin/policy/validating (1.36). */
export function evaluateValidating(policy: ValidatingPolicy, inputs: Inputs): Verdict {
  const failed = (message: string): Verdict =>
    policy.failsOpen ? NOTHING : { ...NOTHING, denials: [{ message, reason: '', index: 0 }] };
  if (policy.conditions.length > 0) {
    const result = evaluateConditions(policy.conditions, inputs);
    if ('error' in result) return failed(result.error);
    if (!result.matches) return NOTHING;
  }
  const budget: CelBudget = { remaining: RUNTIME_COST_BUDGET };
  const whole = withVariables(policy.variables, inputs, budget);
  try {
    const results = policy.checks.map(({ source, compilation }) => evaluate(source, compilation, whole, budget));
    const denials = results.flatMap((result, index) => denialOf(policy, index, result, whole, budget));
    return { denials, ...annotationsOf(policy, inputs) };
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return failed(error.message);
  }
}

function denialOf(
  policy: ValidatingPolicy,
  index: number,
  result: Evaluated,
  inputs: Inputs,
  budget: CelBudget,
): Denial[] {
  const check = policy.checks[index]!;
  if (result.error !== undefined) return policy.failsOpen ? [] : [{ message: result.error, reason: '', index }];
  if (result.value === true) return [];
  try {
    return [{ message: messageOf(check, inputs, budget), reason: check.reason, index }];
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return policy.failsOpen ? [] : [{ message: `failed messageExpression: ${error.message}`, reason: '', index }];
  }
}

/** The expression's message where it gives a usable one, else the fixed one, else the expression itself. */
function messageOf(check: Check, inputs: Inputs, budget: CelBudget): string {
  if (check.messageCompilation) {
    const result = evaluate(check.messageSource, check.messageCompilation, inputs, budget);
    const text = result.error === undefined && typeof result.value === 'string' ? result.value.trim() : '';
    if (text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= MESSAGE_BYTES_MAX) return text;
  }
  return check.message || `failed expression: ${check.source.trim()}`;
}

/** With a budget of their own. */
function annotationsOf(policy: ValidatingPolicy, inputs: Inputs): Pick<Verdict, 'annotations' | 'annotationErrors'> {
  const budget: CelBudget = { remaining: RUNTIME_COST_BUDGET };
  const whole = withVariables(policy.variables, inputs, budget);
  const annotations: { key: string; value: string }[] = [];
  const annotationErrors: string[] = [];
  for (const { key, source, compilation } of policy.annotations) {
    const result = evaluate(source, compilation, whole, budget);
    if (result.error !== undefined) {
      if (!policy.failsOpen) annotationErrors.push(result.error);
    } else if (typeof result.value === 'string') {
      const value = result.value.trim().slice(0, ANNOTATION_LENGTH_MAX);
      if (value !== '') annotations.push({ key, value });
    } else if (result.value !== null && result.value !== undefined) {
      const why = `valueExpression '${source}' resulted in unsupported return type: ${typeof result.value}. Return type must be either string or null.`;
      annotationErrors.push(why);
    }
  }
  return { annotations, annotationErrors };
}
