import type { Json } from '../meta.js';
import type { FieldSet } from './field-set.js';
import { indexed, isEmptyValue } from './list-elements.js';
import { fieldElement, sortElements, sortTexts } from './path-element.js';
import { atomOf, fieldSchema, isAtomic, isObject, type JsonObject, type TypeSchema } from './type-schema.js';

/** FieldsV1 without the braces; '' for nothing. */
type Text = string;

const SELF = '".":{}';

/**
 * The text of the fields that whoever creates `object` owns: what compare finds changed against nothing, in one pass and
 * without a tree, since creating is what is done most. `skipped` are trees that nobody owns.
 */
export function newFieldsText(object: Json, schema: TypeSchema, skipped: readonly FieldSet[]): string {
  return `{${isObject(object) ? inside(object, schema, skipped) : ''}}`;
}

/** Of a struct that Go has even when it is empty: what is in it, not itself. */
function inside(map: JsonObject, schema: TypeSchema, skipped: readonly FieldSet[]): Text {
  let text = '';
  if (schema.structure !== 'struct' || schema.others !== undefined) return entries(map, schema, skipped);
  for (const { name, element, schema: field, zero } of schema.declared) {
    const value = map[name];
    if (value === undefined || value === zero) continue;
    const below = skipped.length === 0 ? skipped : skippedBelow(skipped, element);
    if (below === undefined) continue;
    const node = nodeOf(value, field, zero, below);
    if (node !== undefined) text += `${text === '' ? '' : ','}"${element}":{${node}}`;
  }
  return text;
}

/** Of a map, or a struct with fields that are not declared, at the root of a custom resource. */
function entries(map: JsonObject, schema: TypeSchema, skipped: readonly FieldSet[]): Text {
  let text = '';
  for (const name of sortTexts(Object.keys(map))) {
    const element = fieldElement(name);
    const below = skipped.length === 0 ? skipped : skippedBelow(skipped, element);
    if (below === undefined) continue;
    const node = nodeOf(map[name]!, fieldSchema(schema, name), schema.declaredField(name)?.zero, below);
    if (node !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(element)}:{${node}}`;
  }
  return text;
}

/** Undefined: this very field is skipped. */
function skippedBelow(skipped: readonly FieldSet[], element: string): readonly FieldSet[] | undefined {
  let below: FieldSet[] | undefined;
  for (const set of skipped) {
    const node = set[element];
    if (node === undefined) continue;
    if (isEmptyValue(node as Json)) return undefined;
    (below ??= []).push(node);
  }
  return below ?? NOTHING_SKIPPED;
}

const NOTHING_SKIPPED: readonly FieldSet[] = [];

/** Undefined: as Go's new object has it already. */
function nodeOf(
  value: Json,
  schema: TypeSchema,
  zero: Json | undefined,
  skipped: readonly FieldSet[],
): Text | undefined {
  if (zero === undefined && skipped.length === 0) return whole(value, schema);
  const atom = atomOf(schema, value);
  if (atom === 'scalar' || isAtomic(schema, atom)) return isEmptyValue(value) ? undefined : '';
  if (isEmptyValue(value)) return undefined;
  const text = Array.isArray(value) ? items(value, schema) : inside(value as JsonObject, schema, skipped);
  return text === '' ? undefined : text;
}

/** Itself and whatever has an owner of its own inside; '' is a leaf. */
function whole(value: Json, schema: TypeSchema): Text {
  const atom = atomOf(schema, value);
  if (atom === 'scalar' || isEmptyValue(value) || isAtomic(schema, atom)) return '';
  if (atom === 'list') return Array.isArray(value) ? `${SELF},${items(value, schema)}` : '';
  return isObject(value) ? SELF + wholeMap(value, schema) : '';
}

function wholeMap(map: JsonObject, schema: TypeSchema): Text {
  let text = '';
  if (schema.structure !== 'struct' || schema.others !== undefined) {
    for (const name of sortTexts(Object.keys(map))) {
      text += `,${JSON.stringify(fieldElement(name))}:{${whole(map[name]!, fieldSchema(schema, name))}}`;
    }
    return text;
  }
  for (const { name, element, schema: field, zero } of schema.declared) {
    const value = map[name];
    if (value !== undefined) text += `,"${element}":{${whole(value, field)}}`;
    else if (zero !== undefined) text += `,"${element}":{}`;
  }
  return text;
}

function items(list: readonly Json[], schema: TypeSchema): Text {
  let text = '';
  const byElement = indexed(list, schema);
  for (const element of sortElements([...byElement.keys()])) {
    const same = byElement.get(element)!;
    text += `${text === '' ? '' : ','}${JSON.stringify(element)}:{${same.length > 1 ? '' : whole(same[0]!, schema.others!)}}`;
  }
  return text;
}
