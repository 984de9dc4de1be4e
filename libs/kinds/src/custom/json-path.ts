import { isJsonObject, type Json } from '#apimachinery';
import { own } from './structural.js';

/**
 * The paths of printer columns, in the dialect of kubectl: '.spec.replicas', '.metadata.annotations.a\.b',
 * '.status.conditions[?(@.type=="Ready")].status', '.spec.list[0].name', '..name', '[*]', '[-1:]'. Parsed once;
 * evaluation looks at each part of the object a bounded number of times. Models client-go/util/jsonpath (1.36).
 */
export type JsonPath = (root: Json) => readonly Json[];

type Step = (values: readonly Json[]) => Json[];

/** What one evaluation may hold: `..*` over a great object must not grow without end. */
const RESULTS_MAX = 10_000;

/** undefined: it does not parse. */
export function jsonPathOf(text: string): JsonPath | undefined {
  const steps = new PathParser(text).parse();
  if (!steps) return undefined;
  return (root) => steps.reduce<readonly Json[]>((values, step) => step(values).slice(0, RESULTS_MAX), [root]);
}

class PathParser {
  private at = 0;

  constructor(private readonly text: string) {}

  parse(): Step[] | undefined {
    const steps: Step[] = [];
    while (this.at < this.text.length) {
      const step = this.step();
      if (!step) return undefined;
      steps.push(step);
    }
    return steps;
  }

  private step(): Step | undefined {
    const { text } = this;
    if (text.startsWith('..', this.at)) {
      this.at += 2;
      const name = this.name();
      return name === '' ? undefined : (values) => values.flatMap((value) => descendants(value, name));
    }
    if (text[this.at] === '[') return this.bracket();
    if (text[this.at] === '.') this.at++;
    else if (this.at > 0) return undefined;
    if (text[this.at] === '[' || this.at === text.length) return (values) => [...values];
    const name = this.name();
    if (name === '') return undefined;
    return name === '*' ? everything : field(name);
  }

  private name(): string {
    let name = '';
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at]!;
      if (char === '\\' && this.at + 1 < this.text.length) name += this.text[++this.at];
      else if (char === '.' || char === '[' || char === ' ') break;
      else name += char;
    }
    return name;
  }

  private bracket(): Step | undefined {
    const end = closingBracket(this.text, this.at);
    if (end === -1) return undefined;
    const inside = this.text.slice(this.at + 1, end).trim();
    this.at = end + 1;
    if (inside === '*') return everything;
    const quoted = /^'((?:[^'\\]|\\.)*)'$|^"((?:[^"\\]|\\.)*)"$/.exec(inside);
    if (quoted) return field((quoted[1] ?? quoted[2]!).replace(/\\(.)/g, '$1'));
    const filter = /^\?\((.*)\)$/s.exec(inside);
    if (filter) return filterOf(filter[1]!.trim());
    return sliceOf(inside);
  }
}

/** The bracket that closes the one at `from`; those in quotes do not count. -1: none. */
function closingBracket(text: string, from: number): number {
  let depth = 0;
  let quote = '';
  for (let i = from; i < text.length; i++) {
    const char = text[i]!;
    if (quote !== '') {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '[') depth++;
    else if (char === ']' && --depth === 0) return i;
  }
  return -1;
}

const children = (value: Json): readonly Json[] =>
  Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];

const everything: Step = (values) => values.flatMap(children);

function field(name: string): Step {
  return (values) =>
    values.flatMap((value) => {
      const found = isJsonObject(value) ? own(value, name) : undefined;
      return found === undefined ? [] : [found];
    });
}

function descendants(value: Json, name: string): Json[] {
  const found: Json[] = [];
  const waiting: Json[] = [value];
  for (let one = waiting.shift(); one !== undefined && found.length < RESULTS_MAX; one = waiting.shift()) {
    if (isJsonObject(one) && Object.hasOwn(one, name)) found.push(one[name]!);
    if (name === '*') found.push(...children(one));
    waiting.push(...children(one));
  }
  return found;
}

/** '0', '-1', '1:3', ':2', '0,2'. */
function sliceOf(inside: string): Step | undefined {
  const parts = inside.split(',').map((part) => /^\s*(-?\d*)(?:(:)(-?\d*)(?::(\d+))?)?\s*$/.exec(part));
  if (parts.some((part) => !part || (part[1] === '' && part[2] === undefined))) return undefined;
  return (values) =>
    values.flatMap((value) =>
      Array.isArray(value)
        ? parts.flatMap((part) => {
            const [, from, isRange, to, step] = part!;
            if (!isRange) return value.slice(Number(from), Number(from) === -1 ? undefined : Number(from) + 1);
            const slice = value.slice(from ? Number(from) : 0, to ? Number(to) : undefined);
            return slice.filter((_, i) => i % Number(step ?? 1) === 0);
          })
        : [],
    );
}

const FILTER = /^(@[^=!<>]*?)\s*(?:(==|!=|<=|>=|<|>)\s*(.+))?$/s;

function filterOf(text: string): Step | undefined {
  const match = FILTER.exec(text);
  if (!match) return undefined;
  const left = jsonPathOf(match[1]!.slice(1).trim());
  const operator = match[2];
  const right = match[3] === undefined ? undefined : operandOf(match[3].trim());
  if (!left || (operator !== undefined && !right)) return undefined;
  return (values) =>
    values.flatMap((value) =>
      children(value).filter((item) => {
        const [found] = left(item);
        if (operator === undefined) return found !== undefined;
        const [other] = right!(item);
        return found !== undefined && other !== undefined && compares(found, operator, other);
      }),
    );
}

function operandOf(text: string): JsonPath | undefined {
  if (text.startsWith('@')) return jsonPathOf(text.slice(1));
  const quoted = /^'(.*)'$|^"(.*)"$/s.exec(text);
  if (quoted) return () => [quoted[1] ?? quoted[2]!];
  try {
    const literal = JSON.parse(text) as Json;
    return () => [literal];
  } catch {
    return undefined;
  }
}

function compares(a: Json, operator: string, b: Json): boolean {
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return false;
  const [x, y] = [a as number, b as number];
  return operator === '<' ? x < y : operator === '>' ? x > y : operator === '<=' ? x <= y : x >= y;
}

/** '.spec.replicas' → ['spec', 'replicas']: the paths of scale and of selectable fields. */
export function dottedPath(text: string): string[] {
  return text.replace(/^\./, '').split('.');
}

export function valueAt(root: Json | undefined, path: readonly string[]): Json | undefined {
  let value = root;
  for (const name of path) value = value !== undefined && isJsonObject(value) ? own(value, name) : undefined;
  return value;
}
