import type { Json } from '#apimachinery';
import { canonicalQuantity, canonicalTime, isBase64 } from './scalar-text.js';
import { type Shape, shapeOf, type WithSchema } from './shape.js';

export interface DecodeErrors {
  /** Paths of unknown fields as strict decoding names them: 'unknown field "spec.containers[0].foo"'. */
  unknown: string[];
  /** Texts of Go's decoder; one is enough to refuse the body with 400. */
  wrong: string[];
}

/** Upstream stops collecting strict errors here, too. */
const UNKNOWN_MAX = 100;

type JsonObject = { [key: string]: Json };

/** An error on its way up; `path` grows from the inside. Texts are made only when there is one. */
interface Wrong {
  value: string;
  goType: string;
  struct: string;
  path: string[];
  /** Errors of a type's own decoder carry no path. */
  text?: string;
}

interface Found {
  unknown: string[][];
  wrong: Wrong[];
}

/**
 * Checks `value` against the kind's schema as kube-apiserver's decoder does and brings it, in place and in one pass, to
 * the form that a round trip through Go's types gives: unknown fields and nulls are dropped, empty lists and maps of
 * optional fields too, quantities and times are canonical. Models sigs.k8s.io/json (1.36).
 * The caller decides by fieldValidation what `unknown` means; `wrong` always means 400.
 *
 *   decodeErrors(podKind, { kind: 'Pod', spec: { nodeNam: 'a', hostNetwork: 'yes' } })
 *   → unknown: ['unknown field "spec.nodeNam"']
 *     wrong: ['json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool']
 */
export function decodeErrors(kind: WithSchema, value: Json): DecodeErrors {
  if (kind.structural) return kind.structural.decode(value);
  const shape = shapeOf(kind);
  const found: Found = { unknown: [], wrong: [] };
  decode(value, shape, found);
  if (found.unknown.length === 0 && found.wrong.length === 0) return { unknown: [], wrong: [] };
  return {
    unknown: found.unknown.map((path) => `unknown field ${JSON.stringify(pathText(path))}`),
    wrong: found.wrong.map(textOf),
  };
}

/** Path parts come innermost first; '[0]' and names. */
function pathText(path: readonly string[]): string {
  let text = '';
  for (const part of path.toReversed()) text += part.startsWith('[') || text === '' ? part : `.${part}`;
  return text;
}

function textOf({ value, goType, struct, path, text }: Wrong): string {
  if (text !== undefined) return text;
  const where = struct === '' ? `Go value` : `Go struct field ${struct}.${path.toReversed().join('.')}`;
  return `json: cannot unmarshal ${value} into ${where} of type ${goType}`;
}

/** Returns what belongs in the value's place: itself, or its canonical form. */
function decode(value: Json, shape: Shape, found: Found): Json {
  switch (shape.type) {
    case 'struct':
      if (!isObject(value)) return refuse(value, shape, found);
      decodeStruct(value, shape, found);
      return value;
    case 'map':
      if (!isObject(value)) return refuse(value, shape, found);
      decodeMap(value, shape.element, found);
      return value;
    case 'list':
      if (!Array.isArray(value)) return refuse(value, shape, found);
      decodeList(value, shape.element, found);
      return value;
    case 'string':
      return typeof value === 'string' ? value : refuse(value, shape, found);
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse(value, shape, found);
    case 'int32':
      if (typeof value === 'number' && (value | 0) === value) return value;
      return refuse(value, shape, found);
    case 'int64':
      // Beyond 2^53 a JSON number has lost digits already; up to 2^63 it is still a valid integer for Go.
      if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 63) return value;
      return refuse(value, shape, found);
    case 'double':
      return typeof value === 'number' ? value : refuse(value, shape, found);
    case 'object':
      return isObject(value) ? value : refuse(value, shape, found);
    case 'raw':
      return value;
    default:
      return decodeText(value, shape, found);
  }
}

/** Types that have a decoder of their own in Go. */
function decodeText(value: Json, shape: Shape, found: Found): Json {
  switch (shape.type) {
    case 'intOrString':
      if (typeof value === 'string' || (typeof value === 'number' && (value | 0) === value)) return value;
      return refuse(value, shape, found);
    case 'quantity': {
      if (typeof value !== 'string' && typeof value !== 'number') return refuse(value, shape, found);
      return own(canonicalQuantity(value), value, found);
    }
    case 'bytes':
      if (typeof value !== 'string') return refuse(value, shape, found);
      return own(isBase64(value), value, found);
    default:
      if (typeof value !== 'string') return refuse(value, shape, found);
      return own(canonicalTime(value, shape.type === 'microTime'), value, found);
  }
}

function own(result: { text: string } | { error: string }, value: Json, found: Found): Json {
  if ('text' in result) return result.text;
  found.wrong.push({ value: '', goType: '', struct: '', path: [], text: result.error });
  return value;
}

function decodeStruct(object: JsonObject, shape: Shape, found: Found): void {
  const { fields, required, goName } = shape.struct;
  for (const name in object) {
    const field = fields.get(name);
    if (field === undefined) {
      delete object[name];
      if (found.unknown.length < UNKNOWN_MAX) found.unknown.push([name]);
      continue;
    }
    const value = object[name] as Json | undefined;
    if (value === null || value === undefined) {
      if (field.type !== 'raw' || value === undefined) delete object[name];
      continue;
    }
    const unknownBefore = found.unknown.length;
    const wrongBefore = found.wrong.length;
    const decoded = decode(value, field, found);
    if (decoded !== value) object[name] = decoded;
    if (found.unknown.length !== unknownBefore) prefix(found.unknown, unknownBefore, name);
    if (found.wrong.length !== wrongBefore) locate(found.wrong, wrongBefore, name, goName);
    else if (isEmpty(decoded, field) && !required.has(name)) delete object[name];
  }
  fillNeeded(object, shape);
}

/** As Go's types have them: rules may rely on what is required to be there, if only empty. */
function fillNeeded(object: JsonObject, shape: Shape): void {
  for (const name of shape.struct.neededTexts) if (object[name] === undefined) object[name] = '';
}

/** What Go's omitempty leaves out when it writes the object. */
function isEmpty(value: Json, shape: Shape): boolean {
  if (shape.type === 'list') return (value as Json[]).length === 0;
  if (shape.type !== 'map') return false;
  for (const _ in value as JsonObject) return false;
  return true;
}

function decodeMap(map: JsonObject, element: Shape, found: Found): void {
  for (const key in map) {
    const unknownBefore = found.unknown.length;
    const value = map[key] as Json;
    const decoded = value === null ? zeroOf(element) : decode(value, element, found);
    if (decoded !== value) setKey(map, key, decoded);
    if (found.unknown.length !== unknownBefore) prefix(found.unknown, unknownBefore, key);
  }
}

function decodeList(list: Json[], element: Shape, found: Found): void {
  for (let i = 0; i < list.length; i++) {
    const unknownBefore = found.unknown.length;
    const value = list[i]!;
    const decoded = value === null ? zeroOf(element) : decode(value, element, found);
    if (decoded !== value) list[i] = decoded;
    if (found.unknown.length !== unknownBefore) prefix(found.unknown, unknownBefore, `[${i}]`);
  }
}

/** `map['__proto__'] = …` would set the prototype instead of the key. */
function setKey(map: JsonObject, key: string, value: Json): void {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Go reads null as the zero value of the element's type. */
function zeroOf(element: Shape): Json {
  switch (element.type) {
    case 'struct': {
      const zero: JsonObject = {};
      fillNeeded(zero, element);
      return zero;
    }
    case 'string':
    case 'bytes':
      return '';
    case 'quantity':
      return '0';
    case 'int32':
    case 'int64':
    case 'double':
      return 0;
    case 'boolean':
      return false;
    default:
      return null;
  }
}

function prefix(paths: string[][], from: number, part: string): void {
  for (let i = from; i < paths.length; i++) paths[i]!.push(part);
}

function locate(wrong: Wrong[], from: number, field: string, struct: string): void {
  for (let i = from; i < wrong.length; i++) {
    const one = wrong[i]!;
    one.path.push(field);
    if (one.struct === '') one.struct = struct;
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(value: Json, shape: Shape, found: Found): Json {
  found.wrong.push({ value: shownValue(value, shape), goType: goTypeOf(shape), struct: '', path: [] });
  return value;
}

/** Go names the JSON type; of a number that does not fit an integer it shows the digits, too. */
function shownValue(value: Json, { type }: Shape): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value !== 'number') return typeof value;
  return type === 'int32' || type === 'int64' || type === 'intOrString' ? `number ${value}` : 'number';
}

const GO_SCALARS: Readonly<Partial<Record<Shape['type'], string>>> = {
  bytes: '[]uint8',
  boolean: 'bool',
  double: 'float64',
  intOrString: 'int32',
  time: 'string',
  microTime: 'string',
  quantity: 'string',
  object: 'map[string]interface {}',
};

function goTypeOf(shape: Shape): string {
  if (shape.type === 'struct') return `${shape.struct.goPackage}.${shape.struct.goName}`;
  if (shape.type === 'list') return `[]${goTypeOf(shape.element)}`;
  if (shape.type === 'map') return `map[string]${goTypeOf(shape.element)}`;
  return GO_SCALARS[shape.type] ?? shape.type;
}
