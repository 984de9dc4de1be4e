import { deepEqual, type FieldError, type Json } from '#apimachinery';
import { formatMatches } from './formats.js';
import { isObject, type JsonObject, own, type Structural } from './structural.js';
import { valueErrors } from './value-errors.js';

/**
 * Checks a custom resource against the values that its schema allows. Linear in schema times value; stops when so many
 * errors are found that nobody reads more. With `old`, what did not change is not judged again (ratcheting): a rule
 * that came later must not lock objects out. Models kube-openapi/pkg/validation/validate with apiextensions' ratcheting
 * validator (1.36).
 */
export function validateValue(value: Json, schema: Structural, old?: Json): FieldError[] {
  const errors: FieldError[] = [];
  check({ errors, steps: { left: PATTERN_STEPS_MAX } }, value, schema, '', old);
  return errors;
}

interface Sink {
  readonly errors: FieldError[];
  /** Shared by all that one value is checked against. */
  readonly steps: { left: number };
}

const ERRORS_MAX = 500;
/**
 * What patterns may cost in one value: half a second. Differs: upstream leaves it to the request's deadline, but there
 * nobody waits for the one that is checked.
 */
const PATTERN_STEPS_MAX = 12_000_000;

function check(sink: Sink, value: Json, schema: Structural, path: string, old: Json | undefined): void {
  if (sink.errors.length >= ERRORS_MAX) return;
  if (old !== undefined && deepEqual(value, old)) return;
  if (value === null) {
    if (!schema.nullable) checkType(sink, value, schema, path);
    checkEnum(sink, value, schema, path);
    return;
  }
  checkType(sink, value, schema, path);
  checkEnum(sink, value, schema, path);
  checkJunctors(sink, value, schema, path);
  if (typeof value === 'string') checkString(sink, value, schema, path);
  else if (typeof value === 'number') checkNumber(sink, value, schema, path);
  else if (Array.isArray(value)) checkList(sink, value, schema, path, old);
  else if (isObject(value)) checkObject(sink, value, schema, path, old);
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkType(sink: Sink, value: Json, { type, intOrString }: Structural, path: string): void {
  const found = typeOf(value);
  if (intOrString) {
    if (found !== 'integer' && found !== 'string')
      sink.errors.push(valueErrors.wrongType(path, 'integer,string', found));
    return;
  }
  if (type === '' || type === found || (type === 'number' && found === 'integer')) return;
  sink.errors.push(valueErrors.wrongType(path, type, found));
}

function checkEnum(sink: Sink, value: Json, { schema }: Structural, path: string): void {
  const allowed = schema.enum;
  if (!allowed || allowed.length === 0 || allowed.some((one) => deepEqual(one, value))) return;
  sink.errors.push(valueErrors.notOneOf(path, value, allowed));
}

function checkString(sink: Sink, value: string, node: Structural, path: string): void {
  const { maxLength, minLength, format, pattern } = node.schema;
  if (maxLength !== undefined || minLength !== undefined) {
    const length = codePoints(value);
    if (maxLength !== undefined && length > maxLength) sink.errors.push(valueErrors.tooLong(path, maxLength));
    if (minLength !== undefined && length < minLength) sink.errors.push(valueErrors.tooShort(path, value, minLength));
  }
  if (node.pattern) {
    sink.steps.left -= node.pattern.workOn(value);
    if (sink.steps.left < 0) sink.errors.push(valueErrors.patternCost(path, value));
    else if (!node.pattern.isIn(value)) sink.errors.push(valueErrors.pattern(path, value, pattern!));
  }
  if (format && !formatMatches(format, value)) sink.errors.push(valueErrors.format(path, value, format));
}

/** As Go counts runes. */
function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdbff && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) count--;
  }
  return count;
}

function checkNumber(sink: Sink, value: number, { schema }: Structural, path: string): void {
  const { maximum, minimum, multipleOf } = schema;
  const [noMax, noMin] = [schema.exclusiveMaximum === true, schema.exclusiveMinimum === true];
  if (multipleOf !== undefined && multipleOf > 0) {
    const times = value / multipleOf;
    if (!Number.isInteger(times)) sink.errors.push(valueErrors.notMultiple(path, value, multipleOf));
  }
  if (maximum !== undefined && (noMax ? value >= maximum : value > maximum)) {
    sink.errors.push(valueErrors.tooBig(path, value, maximum, noMax));
  }
  if (minimum !== undefined && (noMin ? value <= minimum : value < minimum)) {
    sink.errors.push(valueErrors.tooSmall(path, value, minimum, noMin));
  }
}

function checkList(sink: Sink, list: Json[], node: Structural, path: string, old: Json | undefined): void {
  const { maxItems, minItems } = node.schema;
  if (minItems !== undefined && list.length < minItems) sink.errors.push(valueErrors.tooFew(path, list, minItems));
  if (maxItems !== undefined && list.length > maxItems) {
    sink.errors.push(valueErrors.tooMany(path, list.length, maxItems));
  }
  const { items } = node;
  if (!items) return;
  const before = Array.isArray(old) ? itemsBefore(old, node) : undefined;
  for (let i = 0; i < list.length; i++) check(sink, list[i]!, items, `${path}[${i}]`, before?.(list[i]!));
}

/** Only items of a map list are the same item in another place. Models schema/cel/common's MapList. */
export function itemsBefore(
  old: readonly Json[],
  { schema }: Structural,
): ((item: Json) => Json | undefined) | undefined {
  if (schema['x-kubernetes-list-type'] !== 'map') return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const byKey = new Map(old.filter(isObject).map((item) => [keyOf(item, keys), item as Json]));
  return (item) => (isObject(item) ? byKey.get(keyOf(item, keys)) : undefined);
}

function keyOf(item: JsonObject, keys: readonly string[]): string {
  return JSON.stringify(keys.map((key) => own(item, key) ?? null));
}

function checkObject(sink: Sink, object: JsonObject, node: Structural, path: string, old: Json | undefined): void {
  const { maxProperties, minProperties } = node.schema;
  const before = isObject(old) && node.schema['x-kubernetes-map-type'] !== 'atomic' ? old : undefined;
  if (maxProperties !== undefined || minProperties !== undefined) {
    const count = Object.keys(object).length;
    if (minProperties !== undefined && count < minProperties) {
      sink.errors.push(valueErrors.tooFewProperties(path, count, minProperties));
    }
    if (maxProperties !== undefined && count > maxProperties) {
      sink.errors.push(valueErrors.tooManyProperties(path, count, maxProperties));
    }
  }
  for (const [name, property] of node.properties) {
    const value = own(object, name);
    if (value !== undefined) check(sink, value, property, below(path, name), before && own(before, name));
  }
  const { additional } = node;
  if (typeof additional === 'object') {
    for (const name of Object.keys(object)) {
      if (node.properties.has(name)) continue;
      check(sink, own(object, name)!, additional, below(path, name), before && own(before, name));
    }
  }
  for (const name of node.required) {
    if (!Object.hasOwn(object, name)) sink.errors.push(valueErrors.required(below(path, name)));
  }
}

export const below = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

function checkJunctors(sink: Sink, value: Json, node: Structural, path: string): void {
  if (node.anyOf.length > 0) {
    const failed = failures(sink, value, node.anyOf, path);
    if (failed.length === node.anyOf.length) sink.errors.push(valueErrors.anyOf(path), ...fewest(failed));
  }
  if (node.oneOf.length > 0) {
    const failed = failures(sink, value, node.oneOf, path);
    const found = node.oneOf.length - failed.length;
    if (found !== 1) sink.errors.push(valueErrors.oneOf(path, found), ...(found === 0 ? fewest(failed) : []));
  }
  if (node.allOf.length > 0) {
    const failed = failures(sink, value, node.allOf, path);
    if (failed.length > 0) {
      sink.errors.push(...failed.flat(), valueErrors.allOf(path, failed.length === node.allOf.length));
    }
  }
  if (node.not && failures(sink, value, [node.not], path).length === 0) sink.errors.push(valueErrors.not(path));
}

function failures({ steps }: Sink, value: Json, schemas: readonly Structural[], path: string): FieldError[][] {
  const all: FieldError[][] = [];
  for (const schema of schemas) {
    const errors: FieldError[] = [];
    check({ errors, steps }, value, schema, path, undefined);
    if (errors.length > 0) all.push(errors);
  }
  return all;
}

/** Of what failed, the nearest to being right. */
function fewest(failed: readonly FieldError[][]): readonly FieldError[] {
  return failed.reduce((best, one) => (one.length < best.length ? one : best));
}
