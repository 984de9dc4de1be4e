import { type FieldError, fieldError } from './field-error.js';
import { type LabelOperator, type LabelRequirement, parseRequirements } from './label-selector-parser.js';
import type { LabelSelector } from './meta.js';
import { labelValue, qualifiedName } from './names.js';
import { StatusError } from './status-error.js';

type Labels = Readonly<Record<string, string>>;

/** A selector ready to be asked often: no parsing, no allocation in `matches`. */
export interface LabelMatcher {
  matches(labels: Labels | undefined): boolean;
  /** True when it selects everything. */
  readonly empty: boolean;
  readonly requirements: readonly LabelRequirement[];
  /** The text form, keys sorted: 'app=web,tier in (a,b)'. */
  toString(): string;
}

/**
 * The query form: 'app=web,tier in (a,b),!old'. Throws 400 with upstream's text.
 * Models k8s.io/apimachinery/pkg/labels (1.36).
 */
export function parseLabelSelector(text: string): LabelMatcher {
  return text === '' ? EVERYTHING : matcherOf(parseRequirements(text));
}

/** The structured form. Upstream's rule: absent selects nothing, empty selects everything. Throws 400 on a bad operator. */
export function labelMatcherOf(selector: LabelSelector | undefined | null): LabelMatcher {
  if (!selector) return NOTHING;
  const requirements: LabelRequirement[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    requirements.push({ key, operator: '=', values: [value] });
  }
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = STRUCTURED_OPERATORS.get(operator);
    if (!known) throw StatusError.badRequest(`"${operator}" is not a valid label selector operator`);
    requirements.push({ key, operator: known, values: sortedUnique(values ?? []) });
  }
  return requirements.length === 0 ? EVERYTHING : matcherOf(requirements);
}

const STRUCTURED_OPERATORS = new Map<string, LabelOperator>([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
]);

/** Models metav1validation.ValidateLabelSelector (1.36). */
export function validateLabelSelector(selector: LabelSelector | undefined | null, field: string): FieldError[] {
  if (!selector) return [];
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    for (const why of qualifiedName(key)) errors.push(fieldError.invalid(`${field}.matchLabels`, key, why));
    for (const why of labelValue(value)) errors.push(fieldError.invalid(`${field}.matchLabels`, value, why));
  }
  for (const [index, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${field}.matchExpressions[${index}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        errors.push(fieldError.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        errors.push(
          fieldError.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        );
      }
    } else {
      errors.push(fieldError.invalid(`${at}.operator`, operator, 'not a valid selector operator'));
    }
    for (const why of qualifiedName(key)) errors.push(fieldError.invalid(`${at}.key`, key, why));
    for (const [valueIndex, value] of values.entries()) {
      for (const why of labelValue(value)) errors.push(fieldError.invalid(`${at}.values[${valueIndex}]`, value, why));
    }
  }
  return errors;
}

export function sortedUnique(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted();
}

function matcherOf(requirements: readonly LabelRequirement[]): LabelMatcher {
  const sorted = requirements.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const tests = sorted.map(testOf);
  return {
    empty: tests.length === 0,
    requirements: sorted,
    matches(labels = NO_LABELS) {
      for (const test of tests) if (!test(labels)) return false;
      return true;
    },
    toString: () => sorted.map(textOf).join(','),
  };
}

const NO_LABELS: Labels = Object.freeze({});
const EVERYTHING = matcherOf([]);
const NOTHING: LabelMatcher = { empty: false, requirements: [], matches: () => false, toString: () => '' };

function testOf({ key, operator, values }: LabelRequirement): (labels: Labels) => boolean {
  // Labels come from users: `constructor` is a key like any other, so only own properties count.
  const valueOf = (labels: Labels) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  const only = values[0];
  switch (operator) {
    case '=':
    case '==':
      return (labels) => valueOf(labels) === only;
    case '!=':
      return (labels) => valueOf(labels) !== only;
    case 'in':
      return (labels) => {
        const value = valueOf(labels);
        return value !== undefined && values.includes(value);
      };
    case 'notin':
      return (labels) => {
        const value = valueOf(labels);
        return value === undefined || !values.includes(value);
      };
    case 'exists':
      return (labels) => valueOf(labels) !== undefined;
    case '!':
      return (labels) => valueOf(labels) === undefined;
    case 'gt':
    case 'lt': {
      const bound = BigInt(only ?? '0');
      return (labels) => {
        const value = valueOf(labels);
        if (value === undefined || !/^[-+]?[0-9]{1,19}$/.test(value)) return false;
        return operator === 'gt' ? BigInt(value) > bound : BigInt(value) < bound;
      };
    }
  }
}

function textOf({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`;
    case 'gt':
      return `${key}>${values[0]}`;
    case 'lt':
      return `${key}<${values[0]}`;
    default:
      return `${key}${operator}${values[0]}`;
  }
}
