import type { Json } from '../meta.js';

/**
 * Steps of a path into an object, as FieldsV1 writes them:
 *
 *   f:spec                          a field, or a key of a map
 *   k:{"name":"web"}                an element of a list, by its key fields in order of their names
 *   v:"a.example/finalizer"         an element of a set, by its value
 *   i:3                             an element by its place; read, but never made here
 *
 * One step has one text, so two steps are the same when their texts are.
 * Models sigs.k8s.io/structured-merge-diff/v6/fieldpath (1.36).
 */
export type PathElement = string;

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

export function valueElement(value: Json): PathElement {
  return `v:${JSON.stringify(value)}`;
}

/** `names` in order. */
export function keyElement(names: readonly string[], values: readonly Json[]): PathElement {
  let text = 'k:{';
  for (let i = 0; i < names.length; i++) {
    text += `${i === 0 ? '' : ','}${JSON.stringify(names[i])}:${JSON.stringify(values[i])}`;
  }
  return `${text}}`;
}

export type ReadElement = { readonly element: PathElement } | { readonly unknown: true } | { readonly error: string };

/** What a client wrote, brought to the one text of its step. Unknown kinds of steps are passed over, as upstream does. */
export function readElement(text: string): ReadElement {
  if (text.length < 2) return { error: 'key must be 2 characters long:' };
  if (text[1] !== ':') return { error: `missing colon: ${text}` };
  const rest = text.slice(2);
  switch (text[0]) {
    case 'f':
      return { element: text };
    case 'i':
      return /^[+-]?\d+$/.test(rest)
        ? { element: `i:${Number(rest)}` }
        : { error: `strconv.Atoi: parsing ${JSON.stringify(rest)}: invalid syntax` };
    case 'v': {
      const value = parsed(rest);
      return value === undefined ? { error: `invalid value: ${rest}` } : { element: valueElement(value) };
    }
    case 'k': {
      const keys = parsed(rest);
      if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) return { error: `invalid key: ${rest}` };
      const names = Object.keys(keys).toSorted(compareText);
      return {
        element: keyElement(
          names,
          names.map((name) => keys[name]!),
        ),
      };
    }
    default:
      return { unknown: true };
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** As paths are shown: `.spec.containers[name="web"].args`, `.metadata.finalizers[="a/b"]`. */
export function shownPath(path: readonly PathElement[]): string {
  return path.map(shownElement).join('');
}

export function shownElement(element: PathElement): string {
  const rest = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${rest}`;
    case 'k':
      return `[${Object.entries(JSON.parse(rest) as { [name: string]: Json })
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(',')}]`;
    case 'v':
      return `[=${rest}]`;
    default:
      return `[${rest}]`;
  }
}

const PLAIN_KEY = /^k:\{"\w+":"[\w./-]*"\}$/;
const RANKS: Readonly<Record<string, number>> = { f: 0, k: 1, v: 2, i: 3 };

/** In upstream's order: fields, then keys, values and places; numbers by size. In place. */
export function sortElements(elements: PathElement[]): PathElement[] {
  if (elements.length < 2) return elements;
  if (elements.every((one) => one.startsWith('f:'))) return sortTexts(elements);
  // Keys by one plain name stand as their texts do: nothing in such a name comes before the quote that ends it.
  if (elements.every((one) => PLAIN_KEY.test(one))) return elements.sort();
  const decorated = elements.map((element) => ({ element, rank: RANKS[element[0]!] ?? 4, order: orderOf(element) }));
  decorated.sort((a, b) => a.rank - b.rank || compareOrder(a.order, b.order));
  return decorated.map(({ element }) => element);
}

/** What an element is compared by: a text, a value, or the names and values of a key in turn. */
function orderOf(element: PathElement): Json {
  const rest = element.slice(2);
  switch (element[0]) {
    case 'k':
      return Object.entries(JSON.parse(rest) as { [name: string]: Json }).flat();
    case 'v':
      return JSON.parse(rest) as Json;
    case 'i':
      return Number(rest);
    default:
      return rest;
  }
}

function compareOrder(a: Json, b: Json): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) {
      const order = compareOrder(a[i]!, b[i]!);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return rankOf(a) - rankOf(b) || compareText(JSON.stringify(a), JSON.stringify(b));
}

function rankOf(value: Json): number {
  if (value === null) return 5;
  if (Array.isArray(value)) return 3;
  return { number: 0, string: 1, boolean: 2 }[typeof value as 'number' | 'string' | 'boolean'] ?? 4;
}

/** In place. */
export function sortTexts(texts: string[]): string[] {
  if (texts.length < 2) return texts;
  // UTF-16's order, which the engine sorts fastest by, is that of bytes for all but rare texts.
  return texts.some((text) => SURROGATE.test(text)) ? texts.sort(compareText) : texts.sort();
}

const SURROGATE = /[\ud800-\udfff]/;

/** Order of UTF-8's bytes: that of UTF-16's units, but for characters beyond the first plane. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
