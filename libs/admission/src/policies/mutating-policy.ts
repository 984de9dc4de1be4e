import { type CelCompilation, RUNTIME_COST_BUDGET } from '#cel';
import { applyJsonPatch, type Json, type KubeObject, mergeConfiguration } from '#apimachinery';
import {
  compilePolicyExpression,
  type ComposedVariable,
  composeVariables,
  type Kind,
  mergeSchemaOf,
  type MutatingAdmissionPolicy,
  type Mutation,
  type ParamKind,
  type PolicyScope,
} from '#kinds';
import { withVariables } from './composed-variables.js';
import { evaluate, type Inputs } from './expression.js';
import { type CompiledCondition, compiledConditions } from './match-conditions.js';
import { type CompiledMatch, compiledMatch } from './policy-match.js';

export interface CompiledMutation {
  readonly type: 'ApplyConfiguration' | 'JSONPatch';
  readonly source: string;
  readonly compilation: CelCompilation;
}

/** A MutatingAdmissionPolicy, ready to be evaluated. */
export interface MutatingPolicy {
  readonly name: string;
  readonly failsOpen: boolean;
  readonly reinvoked: boolean;
  readonly paramKind: ParamKind | undefined;
  readonly match: CompiledMatch;
  readonly conditions: readonly CompiledCondition[];
  readonly variables: readonly ComposedVariable[];
  readonly mutations: readonly CompiledMutation[];
}

export function mutatingPolicy(object: KubeObject): MutatingPolicy {
  const { metadata, spec = {} } = object as MutatingAdmissionPolicy;
  const scope: PolicyScope = { params: spec.paramKind !== undefined, authorizer: true };
  const { composed, compiled } = composeVariables(spec.variables ?? [], scope);
  return {
    name: metadata.name ?? '',
    failsOpen: spec.failurePolicy === 'Ignore',
    reinvoked: spec.reinvocationPolicy === 'IfNeeded',
    paramKind: spec.paramKind,
    match: compiledMatch(spec.matchConstraints ?? {}),
    conditions: compiledConditions(spec.matchConditions, scope),
    variables: compiled,
    mutations: (spec.mutations ?? []).map((mutation) =>
      compiledMutation(mutation, { ...scope, composed, mutation: true }),
    ),
  };
}

function compiledMutation(
  { patchType, jsonPatch, applyConfiguration }: Mutation,
  scope: PolicyScope,
): CompiledMutation {
  const type = patchType === 'JSONPatch' ? 'JSONPatch' : 'ApplyConfiguration';
  const source = (type === 'JSONPatch' ? jsonPatch?.expression : applyConfiguration?.expression) ?? '';
  const use = type === 'JSONPatch' ? 'patch' : 'configuration';
  return { type, source, compilation: compilePolicyExpression(source, use, scope) };
}

/**
 * What the mutation asks for: a configuration or a list of operations. Pure; fails with an Error of upstream's words.
 * Variables are evaluated once for each mutation, so that they speak of the object as it is by then.
 */
export function requestedChange(policy: MutatingPolicy, mutation: CompiledMutation, inputs: Inputs): Json {
  const budget = { remaining: RUNTIME_COST_BUDGET };
  const whole = withVariables(policy.variables, inputs, budget);
  const result = evaluate(mutation.source, mutation.compilation, whole, budget);
  if (result.error !== undefined) throw new Error(result.error);
  return result.value as Json;
}

/** `object` with the change, not yet decoded; undefined: it stays as it is. Fails with an Error of upstream's words. */
export function changedObject(
  mutation: CompiledMutation,
  change: Json,
  object: KubeObject,
  as: Kind,
): Json | undefined {
  const live = object as unknown as Json;
  if (mutation.type === 'JSONPatch') return patched(live, change);
  const configuration = { ...(change as { [key: string]: Json }), apiVersion: object.apiVersion, kind: object.kind };
  try {
    return mergeConfiguration(live, configuration, mergeSchemaOf(as));
  } catch (error) {
    throw new Error(`error applying patch: ${(error as Error).message}`);
  }
}

type Operation = { readonly op?: string };

/** A test that fails leaves the object alone; whatever else fails is an error. */
function patched(live: Json, change: Json): Json | undefined {
  const operations = change as Operation[];
  try {
    return applyJsonPatch(live, operations);
  } catch (error) {
    if (operations[firstFailure(live, operations)]?.op === 'test') return undefined;
    throw new Error(`JSON Patch: ${(error as Error).message}`);
  }
}

/** By halves: each trial copies the object. */
function firstFailure(live: Json, operations: readonly Operation[]): number {
  let [good, bad] = [0, operations.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      applyJsonPatch(live, operations.slice(0, middle));
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return bad - 1;
}
