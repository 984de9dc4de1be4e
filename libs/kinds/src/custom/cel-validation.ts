import { CelError, MESSAGE_COST_BUDGET, RUNTIME_COST_BUDGET } from '#cel';
import { deepEqual, type FieldError, fieldError, type Json } from '#apimachinery';
import type { ValidationRule } from '../generated/types.js';
import { type CelRule, rulesAt } from './cel-rules.js';
import { isObject, type JsonObject, own, type Structural } from './structural.js';
import { below, itemsBefore } from './value-validation.js';

/** As upstream's MaxEvaluatedMessageExpressionSizeBytes. */
const MESSAGE_BYTES_MAX = 5 * 1024;
const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

interface Run {
  readonly errors: FieldError[];
  readonly budget: { remaining: number };
  readonly messages: { remaining: number };
  /** A rule that cost too much ends all. */
  ended: boolean;
}

/** What stands at a place now and stood there before. */
interface Pair {
  readonly value: Json;
  readonly old: Json | undefined;
  /** The nearest place that has a counterpart is as it was: what is wrong here was wrong before. */
  readonly unchanged: boolean;
}

/**
 * Evaluates the CEL rules of a schema over an object, with one budget for all. Rules that compare with `oldSelf` run only
 * where there is something to compare with. Models Validator of apiserver/schema/cel (1.36).
 */
export function validateCel(value: Json, schema: Structural, old: Json | undefined): FieldError[] {
  if (!schema.hasRules) return [];
  const run: Run = {
    errors: [],
    budget: { remaining: RUNTIME_COST_BUDGET },
    messages: { remaining: MESSAGE_COST_BUDGET },
    ended: false,
  };
  check(run, { value, old, unchanged: false }, schema, '', true);
  return run.errors;
}

function check(run: Run, pair: Pair, schema: Structural, path: string, isRoot: boolean): void {
  if (run.ended || pair.value === null || !schema.hasRules) return;
  const unchanged = pair.old === undefined ? pair.unchanged : deepEqual(pair.value, pair.old);
  for (const rule of rulesAt(schema, isRoot)) {
    evaluate(run, rule, { ...pair, unchanged }, schema, path);
    if (run.ended) return;
  }
  const { value, old } = pair;
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!items?.hasRules) return;
    const before = Array.isArray(old) ? itemsBefore(old, schema) : undefined;
    value.forEach((item, i) =>
      check(run, { value: item, old: before?.(item), unchanged }, items, `${path}[${i}]`, false),
    );
  } else if (isObject(value)) {
    checkFields(run, value, isObject(old) ? old : undefined, unchanged, schema, path);
  }
}

function checkFields(
  run: Run,
  value: JsonObject,
  old: JsonObject | undefined,
  unchanged: boolean,
  schema: Structural,
  path: string,
): void {
  for (const name of Object.keys(value)) {
    const property = schema.properties.get(name);
    const pair: Pair = { value: own(value, name)!, old: old && own(old, name), unchanged };
    if (property) check(run, pair, property, below(path, name), false);
    else if (typeof schema.additional === 'object') check(run, pair, schema.additional, `${path}[${name}]`, false);
  }
}

function evaluate(run: Run, compiled: CelRule, pair: Pair, schema: Structural, path: string): void {
  const { rule, program, error, isTransition, fieldPath } = compiled;
  // Upstream prints the nil path at the root.
  const place = path === '' ? '<nil>' : path;
  const invalid = (why: string) => run.errors.push(fieldError.invalid(place, schema.type, why));
  if (!program) return void invalid(`rule compile error: ${error}`);
  if (isTransition && pair.old === undefined && !rule.optionalOldSelf) return;
  if (run.budget.remaining <= 0) {
    run.ended = true;
    return void invalid(OUT_OF_BUDGET);
  }
  const variables = {
    self: pair.value,
    ...(pair.old === undefined && !rule.optionalOldSelf ? {} : { oldSelf: pair.old ?? null }),
  };
  try {
    if (program.evaluate(variables, run.budget) === true) return;
  } catch (failure) {
    if (!(failure instanceof CelError)) throw failure;
    run.ended = failure.failure !== 'evaluation';
    return void invalid(failureText(failure, rule));
  }
  // A rule that came later must not lock objects out that it finds as they were.
  if (!isTransition && pair.unchanged) return;
  const message = messageOf(run, compiled, variables);
  if (message === undefined) {
    run.ended = true;
    return void invalid(
      'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run',
    );
  }
  run.errors.push(errorOf(fieldPath === '' ? place : below(path, fieldPath), schema.type, message, rule.reason));
}

function errorOf(field: string, value: string, detail: string, reason: string | undefined): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return fieldError.forbidden(field, detail);
    case 'FieldValueRequired':
      return fieldError.required(field, detail);
    case 'FieldValueDuplicate':
      return fieldError.duplicate(field, value);
    default:
      return fieldError.invalid(field, value, detail);
  }
}

const ruleText = ({ rule, message }: ValidationRule) => (message ? message.trim() : rule.trim());

function failureText(failure: CelError, rule: ValidationRule): string {
  if (failure.failure === 'budget') return OUT_OF_BUDGET;
  const text = `'${failure.message}'`;
  if (failure.failure === 'call-limit') {
    return `${text}: no further validation rules will be run due to call cost exceeds limit for rule: ${ruleText(rule)}`;
  }
  if (failure.message.startsWith('no such overload')) {
    return `${text}: call arguments did not match a supported operator, function or macro signature for rule: ${ruleText(rule)}`;
  }
  return `${failure.message} evaluating rule: ${ruleText(rule)}`;
}

/** The rule's own words when the expression gives none; undefined: it emptied the budget. */
function messageOf(run: Run, { rule, message }: CelRule, variables: Record<string, Json>): string | undefined {
  const plain = rule.message ? rule.message.trim() : `failed rule: ${ruleText(rule)}`;
  if (!message) return plain;
  try {
    const made = message.evaluate(variables, run.messages);
    const text = typeof made === 'string' ? made.trim() : '';
    const isFine = text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= MESSAGE_BYTES_MAX;
    return isFine ? text : plain;
  } catch (failure) {
    if (!(failure instanceof CelError)) throw failure;
    return failure.failure === 'evaluation' ? plain : undefined;
  }
}
