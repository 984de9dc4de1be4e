import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  type Tags,
} from 'yaml';
import { setField } from './deep.js';
import type { Json } from './meta.js';
import { StatusError } from './status-error.js';

/** What aliases may add to a document, in values and characters of text: honest manifests repeat little. */
const ALIASED_COST_MAX = 4 * 1024 * 1024;
/** Differs: 10,000 upstream, more than the parser's stack holds. No manifest comes near. */
const DEPTH_MAX = 250;

/**
 * What a body may take to parse: half a second here. The largest manifests known, CRDs of half a megabyte, have a third.
 * Differs: only bytes are limited upstream, where the parser is ten times faster and holds up nobody else.
 */
const LEXEMES_MAX = 250_000;

/** Thrown with Go's words for what is wrong: 'yaml: line 3: …'. */
export class YamlError extends Error {}

/** Tags of YAML 1.1 that Go's parser does not take for numbers or that JSON has no form for. */
const FOREIGN_TAGS = /(timestamp|binary|omap|pairs|set)$/;

/**
 * The first document of a YAML text as JSON, as Go's parser reads it (YAML 1.1: yes and on are true, no sexagesimal).
 * Cost is bounded: aliases are counted as they are expanded (CVE-2019-11253), keys are compared through sets.
 */
export function parseYaml(text: string): { value: Json; duplicates: string[] } {
  const lines = new LineCounter();
  const composer = new Composer({
    schema: 'yaml-1.1',
    customTags: (tags: Tags) =>
      tags.filter((tag) => typeof tag === 'string' || (tag.format !== 'TIME' && !FOREIGN_TAGS.test(tag.tag))),
    // The parser's own check compares every key with every other.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  for (const document of composer.compose(tokensOf(text, lines), true, text.length)) {
    const error = document.errors[0];
    if (error) throw new YamlError(`yaml: line ${lines.linePos(error.pos[0]).line}: ${error.message}`);
    const walk = new Walk();
    const value = document.contents ? walk.value(document.contents as Node, '', 0) : null;
    return { value, duplicates: walk.duplicates };
  }
  return { value: null, duplicates: [] };
}

/**
 * The text's tokens, refused as soon as they nest too deep: what follows recurses, and a stack that overflows inside a
 * regular expression takes the whole process down.
 */
function* tokensOf(text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++lexemes > LEXEMES_MAX) {
      throw StatusError.tooLarge(`YAML of more than ${LEXEMES_MAX} tokens: send it as JSON, which is not limited so`);
    }
    yield* parser.next(lexeme);
    if (parser.stack.length > DEPTH_MAX) throw new YamlError(`yaml: exceeded max depth of ${DEPTH_MAX}`);
  }
  yield* parser.end();
}

/** One walk in document order, so that an alias finds the anchor last set before it. */
class Walk {
  readonly duplicates: string[] = [];
  private readonly anchors = new Map<string, Node>();
  private aliasDepth = 0;
  private aliasedCost = 0;

  value(node: Node | null, path: string, depth: number): Json {
    if (depth > DEPTH_MAX) throw new YamlError(`yaml: exceeded max depth of ${DEPTH_MAX}`);
    if (node === null) return null;
    if (isAlias(node)) return this.aliased(node.source, path, depth);
    if ('anchor' in node && node.anchor) this.anchors.set(node.anchor as string, node);
    if (isMap(node)) return this.object(node.items as Pair<Node, Node | null>[], path, depth);
    if (isSeq(node)) {
      this.spend(1);
      return node.items.map((item, index) => this.value(item as Node | null, `${path}[${index}]`, depth + 1));
    }
    const scalar = isScalar(node) ? node.value : null;
    this.spend(typeof scalar === 'string' ? scalar.length + 1 : 1);
    return jsonScalar(scalar);
  }

  private aliased(name: string, path: string, depth: number): Json {
    const target = this.anchors.get(name);
    if (!target) throw new YamlError(`yaml: unknown anchor '${name}' referenced`);
    this.aliasDepth++;
    const value = this.value(target, path, depth + 1);
    this.aliasDepth--;
    return value;
  }

  private object(pairs: readonly Pair<Node, Node | null>[], path: string, depth: number): Json {
    this.spend(1);
    const result: { [key: string]: Json } = {};
    const seen = new Set<string>();
    const inherited: Json[] = [];
    for (const pair of pairs) {
      if (isMergeKey(pair.key)) {
        const value = this.value(pair.value, path, depth + 1);
        inherited.push(...(Array.isArray(value) ? value : [value]));
        continue;
      }
      const key = keyText(this.value(pair.key, path, depth + 1));
      this.spend(key.length);
      const at = path === '' ? key : `${path}.${key}`;
      const value = this.value(pair.value, at, depth + 1);
      if (seen.has(key) && this.aliasDepth === 0 && this.duplicates.length < 100) this.duplicates.push(at);
      seen.add(key);
      setField(result, key, value);
    }
    // Merge keys give way to the map's own fields, and earlier ones win over later ones.
    for (const source of inherited) {
      if (typeof source !== 'object' || source === null || Array.isArray(source)) {
        throw new YamlError('yaml: map merge requires map or sequence of maps as the value');
      }
      for (const [key, value] of Object.entries(source)) if (!Object.hasOwn(result, key)) setField(result, key, value);
    }
    return result;
  }

  private spend(cost: number): void {
    if (this.aliasDepth === 0) return;
    this.aliasedCost += cost;
    if (this.aliasedCost > ALIASED_COST_MAX) throw new YamlError('yaml: document contains excessive aliasing');
  }
}

function jsonScalar(value: unknown): Json {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new YamlError(`json: unsupported value: ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`);
  }
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** A plain `<<`, which the parser makes a symbol. */
function isMergeKey(key: Node): boolean {
  return isScalar(key) && typeof key.value === 'symbol' && key.value.description === '<<';
}

/** JSON keys are texts; Go turns other scalars into theirs and refuses collections. */
function keyText(key: Json): string {
  if (typeof key === 'object' && key !== null) throw new YamlError('yaml: invalid map key');
  return String(key);
}
