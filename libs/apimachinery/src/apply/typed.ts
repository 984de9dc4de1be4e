import type { Json } from '../meta.js';
import { fieldElement, type PathElement, shownElement } from './path-element.js';
import { atomOf, elementOf, fieldSchema, isAtomic, isObject, type JsonObject, type TypeSchema } from './type-schema.js';

/** How many errors a message tells: what a client sends must not make an answer without end. */
const ERRORS_MAX = 100;

/**
 * What keeps a value from being typed, in upstream's words; undefined: nothing does. Duplicates in associative lists are
 * errors of configurations only, live objects may hold them. Models typed.AsTyped (1.36).
 *
 *   .spec.foo: field not declared in schema
 */
export function typingErrors(value: Json, schema: TypeSchema): string | undefined {
  const errors: string[] = [];
  check(value, schema, '', errors);
  if (errors.length === 0) return undefined;
  return errors.length === 1 ? errors[0] : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
}

function check(value: Json, schema: TypeSchema, path: string, errors: string[]): void {
  if (errors.length >= ERRORS_MAX) return;
  const say = (error: string): void => void errors.push(path === '' ? error : `${path}: ${error}`);
  if (value === null) return;
  switch (atomOf(schema, value)) {
    case 'scalar': {
      const error = scalarError(value, schema.scalar);
      if (error !== undefined) say(error);
      return;
    }
    case 'list':
      if (!Array.isArray(value)) return say(`expected list, got &{${goValue(value)}}`);
      return checkList(value, schema, path, errors);
    case 'map':
      if (!isObject(value)) return say(`expected map, got &{${goValue(value)}}`);
      return checkMap(value, schema, path, errors);
  }
}

function checkMap(map: JsonObject, schema: TypeSchema, path: string, errors: string[]): void {
  for (const name of Object.keys(map)) {
    const at = path + shownElement(fieldElement(name));
    if (schema.structure === 'struct' && !schema.declaredField(name) && schema.others === undefined) {
      // Upstream looks no further in this map either.
      errors.push(`${at}: field not declared in schema`);
      return;
    }
    check(map[name]!, fieldSchema(schema, name), at, errors);
  }
}

function checkList(list: readonly Json[], schema: TypeSchema, path: string, errors: string[]): void {
  const seen = new Set<PathElement>();
  for (const [place, item] of list.entries()) {
    let element: PathElement = `i:${place}`;
    if (!isAtomic(schema, 'list')) {
      const step = elementOf(schema, item);
      if ('error' in step) {
        errors.push(`${path}: element ${place}: ${step.error}`);
        return;
      }
      element = step.element;
      if (seen.has(element)) errors.push(`${path}: duplicate entries for key ${shownElement(element)}`);
      seen.add(element);
    }
    check(item, schema.others ?? schema, path + shownElement(element), errors);
  }
}

function scalarError(value: Json, type: TypeSchema['scalar']): string | undefined {
  switch (type) {
    case 'numeric':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'string':
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goValue(value)}}`;
    case 'untyped':
      return typeof value === 'object' ? `expected any scalar, got &{${goValue(value)}}` : undefined;
  }
}

function goType(value: Json): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'object' ? 'map[string]interface {}' : typeof value;
}

/** As Go's %v prints it. */
function goValue(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (!isObject(value)) return value === null ? '<nil>' : String(value);
  return `map[${Object.keys(value)
    .toSorted()
    .map((key) => `${key}:${goValue(value[key]!)}`)
    .join(' ')}]`;
}

/** As Go's %#v prints it. */
function goSyntax(value: Json): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isObject(value)) return value === null ? 'interface {}(nil)' : JSON.stringify(value);
  return `map[string]interface {}{${Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${goSyntax(value[key]!)}`)
    .join(', ')}}`;
}
