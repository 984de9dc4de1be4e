import { type FieldError, fieldError } from '#apimachinery';
import { checkNonNegative } from '../field-rules.js';
import type { JobSpec, SuccessPolicyRule } from '../generated/types.js';

const RULES_MAX = 20;
const INDEXES_BYTES_MAX = 65_536;

/** Models validateSuccessPolicy (1.36). */
export function checkSuccessPolicy(
  errors: FieldError[],
  at: string,
  { successPolicy, completions = 0 }: JobSpec,
): void {
  const rules = successPolicy?.rules ?? [];
  const list = `${at}.rules`;
  if (rules.length === 0)
    errors.push(fieldError.required(list, 'at least one rules must be specified when the successPolicy is specified'));
  if (rules.length > RULES_MAX) errors.push(fieldError.tooMany(list, rules.length, RULES_MAX));
  for (const [i, rule] of rules.entries()) checkRule(errors, `${list}[${i}]`, rule, completions);
}

function checkRule(
  errors: FieldError[],
  at: string,
  { succeededCount, succeededIndexes }: SuccessPolicyRule,
  completions: number,
): void {
  let indexes = 0;
  if (succeededCount === undefined && succeededIndexes === undefined) {
    errors.push(fieldError.required(at, 'at least one of succeededCount or succeededIndexes must be specified'));
  }
  if (succeededIndexes !== undefined) {
    const field = `${at}.succeededIndexes`;
    if (succeededIndexes.length > INDEXES_BYTES_MAX) errors.push(fieldError.tooLong(field, INDEXES_BYTES_MAX));
    else {
      const counted = countIndexes(succeededIndexes, completions);
      if (typeof counted === 'string') {
        errors.push(fieldError.invalid(field, succeededIndexes, `error parsing succeededIndexes: ${counted}`));
      } else indexes = counted;
    }
  }
  if (succeededCount === undefined) return;
  const field = `${at}.succeededCount`;
  checkNonNegative(errors, field, succeededCount);
  if (succeededCount > completions) {
    const why = `must be less than or equal to ${completions} (the number of specified completions)`;
    errors.push(fieldError.invalid(field, succeededCount, why));
  }
  if (succeededIndexes !== undefined && succeededCount > indexes) {
    const why = `must be less than or equal to ${indexes} (the number of indexes in the specified succeededIndexes field)`;
    errors.push(fieldError.invalid(field, succeededCount, why));
  }
}

/** How many '0,2-4' are, or what is wrong with them. Models validateIndexesFormat (1.36). */
export function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0;
  let total = 0;
  let last = -1;
  for (const part of text.split(',')) {
    const limits = part.split('-');
    if (limits.length > 2)
      return `the fragment "${part}" violates the requirement that an index interval can have at most two parts separated by '-'`;
    const numbers = limits.map(Number);
    const bad = limits.findIndex((limit) => !/^[0-9]+$/.test(limit));
    if (bad >= 0) return `cannot convert string to integer for index: "${limits[bad]}"`;
    const [from, to = from] = numbers as [number, number?];
    for (const index of numbers) if (index >= completions) return `too large index: "${index}"`;
    if (from <= last) return `non-increasing order, previous: ${last}, current: ${from}`;
    if (numbers.length === 2 && to <= from) return `non-increasing order, previous: ${from}, current: ${to}`;
    total += to - from + 1;
    last = to;
  }
  return total;
}
