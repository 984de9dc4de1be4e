import { parseQuantity } from '#apimachinery';
import { invariant } from '#base';
import { BATCH_SHAPES } from './batch-shapes.js';
import { CORE_SHAPES } from './core-shapes.js';
import { VOLUME_SHAPES } from './volume-shapes.js';

/**
 * Objects as Go's encoding/json prints the structs of the internal API, for messages that show them. The API's JSON says
 * neither how the fields are ordered nor which unset ones Go would print; the shapes do.
 */
interface Field {
  /** As Go prints it. */
  readonly goName: string;
  /** As the API names it. */
  readonly name: string;
  readonly optional: boolean;
  readonly embedded: boolean;
  readonly pointer: boolean;
  readonly many: 'list' | 'map' | undefined;
  readonly type: string;
}

type Json =
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Json[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Json])[] };

const NULL: Json = { kind: 'scalar', text: 'null' };
const FIELD = /^(\^?)(\w+?)(?:=(\w+))?(\??)(?::(\*?)(\[\]|\{\})?(\w+))?$/;

const parsed = new Map<string, readonly Field[]>();

/** The fields of a struct in Go's order. */
export function fieldsOf(shape: string): readonly Field[] {
  let fields = parsed.get(shape);
  if (!fields) {
    const text = CORE_SHAPES[shape] ?? VOLUME_SHAPES[shape] ?? BATCH_SHAPES[shape];
    invariant(text, `no shape is called ${shape}`);
    fields = text.split(' ').map(fieldOf);
    parsed.set(shape, fields);
  }
  return fields;
}

function fieldOf(text: string): Field {
  const match = FIELD.exec(text);
  invariant(match, `'${text}' is no field of a shape`);
  const [, caret, goName = '', name, question, star, brackets, type = goName] = match;
  return {
    goName,
    name: name ?? (caret ? '' : apiName(goName)),
    optional: question === '?',
    embedded: caret === '^',
    pointer: star === '*',
    many: brackets === '[]' ? 'list' : brackets === '{}' ? 'map' : undefined,
    type,
  };
}

/** 'DNSPolicy' → 'dnsPolicy', 'TTY' → 'tty', 'HostIP' → 'hostIP': the capitals at the start, but not the next word's. */
function apiName(goName: string): string {
  return goName.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (start) => start.toLowerCase());
}

const ZEROS: Readonly<Record<string, string>> = { s: '""', i: '0', b: 'false', q: '"0"', x: '0' };

function jsonOf(shape: string, value: Readonly<Record<string, unknown>>): Json {
  return { kind: 'object', entries: entriesOf(shape, value) };
}

function entriesOf(shape: string, value: Readonly<Record<string, unknown>>): (readonly [string, Json])[] {
  return fieldsOf(shape).flatMap((field) => {
    // What Go embeds, the API has among the parent's fields or under a name of its own.
    if (field.embedded) return entriesOf(field.type, field.name ? recordOf(value[field.name]) : value);
    const own = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
    if (field.optional && isUnset(own)) return [];
    return [[field.goName, fieldJson(field, own)] as const];
  });
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === '' || (typeof value === 'object' && Object.keys(value ?? {}).length === 0);
}

function fieldJson({ many, pointer, type }: Field, value: unknown): Json {
  if (many === 'list') {
    return Array.isArray(value) ? { kind: 'list', items: value.map((one: unknown) => oneJson(type, one)) } : NULL;
  }
  if (many === 'map') {
    if (value === undefined) return NULL;
    const entries = Object.entries(recordOf(value)).map(([key, one]) => [key, oneJson(type, one)] as const);
    return { kind: 'object', entries: entries.toSorted(([a], [b]) => (a < b ? -1 : 1)) };
  }
  return value === undefined && pointer ? NULL : oneJson(type, value);
}

function oneJson(type: string, value: unknown): Json {
  const zero = ZEROS[type];
  if (zero === undefined) return jsonOf(type, recordOf(value));
  if (value === undefined) return { kind: 'scalar', text: zero };
  if (type === 'q') return { kind: 'scalar', text: quoted(parseQuantity(value as string).toString()) };
  return { kind: 'scalar', text: typeof value === 'string' ? quoted(value) : JSON.stringify(value) };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return (value ?? {}) as Readonly<Record<string, unknown>>;
}

/** Go escapes what would end a script element. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function print(json: Json, lines: string[], indent: string, end: string): void {
  const last = lines.length - 1;
  if (json.kind === 'scalar') {
    lines[last] += json.text + end;
    return;
  }
  const [open, close] = json.kind === 'list' ? ['[', ']'] : ['{', '}'];
  const size = json.kind === 'list' ? json.items.length : json.entries.length;
  if (size === 0) {
    lines[last] += open + close + end;
    return;
  }
  lines[last] += open;
  const inner = `${indent} `;
  for (let i = 0; i < size; i++) {
    const comma = i < size - 1 ? ',' : '';
    if (json.kind === 'list') {
      lines.push(inner);
      print(json.items[i]!, lines, inner, comma);
    } else {
      const [name, value] = json.entries[i]!;
      lines.push(`${inner}${quoted(name)}: `);
      print(value, lines, inner, comma);
    }
  }
  lines.push(indent + close + end);
}

/** As json.MarshalIndent(value, "", " ") prints it, by lines. */
export function goJsonLines(shape: string, value: object): string[] {
  const lines = [''];
  print(jsonOf(shape, recordOf(value)), lines, '', '');
  return lines;
}

function compact(json: Json): string {
  if (json.kind === 'scalar') return json.text;
  if (json.kind === 'list') return `[${json.items.map(compact).join(',')}]`;
  return `{${json.entries.map(([name, value]) => `${quoted(name)}:${compact(value)}`).join(',')}}`;
}

/** As json.Marshal prints it. */
export function goJson(shape: string, value: object): string {
  return compact(jsonOf(shape, recordOf(value)));
}
