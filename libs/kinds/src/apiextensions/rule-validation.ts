import { ESTIMATED_CRD_COST_MAX, ESTIMATED_RULE_COST_MAX } from '#cel';
import { type FieldError, fieldError } from '#apimachinery';
import type { JSONSchemaProps, ValidationRule } from '../generated/types.js';
import { compileRules, selfTypeOf } from '../custom/cel-rules.js';
import { subSchema } from '../custom/structural.js';
import { inProperties } from './structural-violations.js';

/** The largest request that upstream reckons with: no list in it has more elements than fit. */
const REQUEST_BYTES_MAX = 3 * 1024 * 1024;
/** How many of the dearest rules an error names. */
const DEAREST = 4;

interface Place {
  readonly path: string;
  /** How often the place occurs in one object; undefined: nothing bounds it but the size of requests. */
  readonly times: number | undefined;
  /** The list or map above whose items have no counterpart in an older object. */
  readonly uncorrelatable: string | undefined;
}

interface Check {
  readonly errors: FieldError[];
  readonly costs: { readonly path: string; readonly cost: number }[];
}

/**
 * The CEL rules of a structural schema compile, and cannot cost more than an API server wants to spend on one request.
 * Models the rules' part of ValidateCustomResourceDefinitionOpenAPISchema and its cost budget (1.36).
 */
export function validateRules(schema: JSONSchemaProps, path: string): FieldError[] {
  const run: Check = { errors: [], costs: [] };
  check(run, schema, { path, times: 1, uncorrelatable: undefined }, true);
  const total = run.costs.reduce((sum, { cost }) => sum + cost, 0);
  if (total > ESTIMATED_CRD_COST_MAX) {
    const dearest = run.costs.toSorted((a, b) => b.cost - a.cost).slice(0, DEAREST);
    const why =
      'contributed to estimated rule & messageExpression cost total exceeding cost limit for entire OpenAPIv3 schema';
    for (const { path: at } of dearest) run.errors.push(fieldError.forbidden(at, why));
    const name = 'x-kubernetes-validations estimated rule & messageExpression cost total for entire OpenAPIv3 schema';
    run.errors.push(fieldError.forbidden(path, costText(name, total, ESTIMATED_CRD_COST_MAX)));
  }
  return run.errors;
}

function check(run: Check, schema: JSONSchemaProps, place: Place, isRoot: boolean): void {
  const { path, times } = place;
  const additional = subSchema(schema.additionalProperties);
  if (additional) {
    const below = { ...place, path: `${path}.additionalProperties`, times: product(times, schema.maxProperties) };
    check(run, additional, below, false);
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isAtomic = schema['x-kubernetes-map-type'] === 'atomic';
    const uncorrelatable = place.uncorrelatable ?? (isAtomic ? path : undefined);
    check(run, property, { ...place, path: inProperties(path, name), uncorrelatable }, false);
  }
  const items = subSchema(schema.items);
  if (items) {
    const isMap = schema['x-kubernetes-list-type'] === 'map';
    const uncorrelatable = place.uncorrelatable ?? (isMap ? undefined : path);
    const below = { path: `${path}.items`, times: product(times, schema.maxItems), uncorrelatable };
    check(run, items, below, false);
  }
  checkRules(run, schema, place, isRoot);
}

function product(times: number | undefined, count: number | undefined): number | undefined {
  return times === undefined || count === undefined ? undefined : times * count;
}

function checkRules(run: Check, schema: JSONSchemaProps, place: Place, isRoot: boolean): void {
  const rules = compileRules(schema, isRoot);
  if (rules.length === 0) return;
  const times = place.times ?? Math.floor(REQUEST_BYTES_MAX / ((selfTypeOf(schema, isRoot)?.details.sizeMin ?? 1) + 1));
  rules.forEach(({ rule, program, error, message, messageError, isTransition }, i) => {
    const at = `${place.path}.x-kubernetes-validations[${i}]`;
    const cost = (max: number | undefined, where: string, name: string, perObject: number) => {
      if (max === undefined) return;
      const all = max * perObject;
      if (all > ESTIMATED_RULE_COST_MAX) {
        run.errors.push(fieldError.forbidden(where, costText(name, all, ESTIMATED_RULE_COST_MAX)));
      }
      run.costs.push({ path: where, cost: all });
    };
    cost(program?.estimateCost().max, `${at}.rule`, 'estimated rule cost', times);
    if (error !== undefined) run.errors.push(fieldError.invalid(`${at}.rule`, shownRule(rule), error));
    if (messageError !== undefined) {
      run.errors.push(fieldError.invalid(`${at}.messageExpression`, shownRule(rule), messageError));
    }
    cost(message?.estimateCost().max, `${at}.messageExpression`, 'estimated messageExpression cost', 1);
    if (isTransition && place.uncorrelatable !== undefined) {
      const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelatable}`;
      run.errors.push(fieldError.invalid(`${at}.rule`, rule.rule, why));
    } else if (program && !isTransition && rule.optionalOldSelf !== undefined) {
      const why = 'may not be set if oldSelf is not used in rule';
      run.errors.push(fieldError.invalid(`${at}.optionalOldSelf`, rule.optionalOldSelf, why));
    }
  });
}

/** As upstream prints the internal type. */
function shownRule({ rule, message, messageExpression, reason, fieldPath, optionalOldSelf }: ValidationRule): object {
  return {
    Rule: rule,
    Message: message ?? '',
    MessageExpression: messageExpression ?? '',
    Reason: reason ?? null,
    FieldPath: fieldPath ?? '',
    OptionalOldSelf: optionalOldSelf ?? null,
  };
}

function costText(name: string, cost: number, max: number): string {
  const factor = cost / max;
  const text = factor > 100 ? 'more than 100x' : `${factor.toFixed(factor < 1.5 ? 6 : 1)}x`;
  return `${name} exceeds budget by factor of ${text} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}
