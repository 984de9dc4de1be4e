import type { Expression, LiteralValue, MapEntry, StructField } from './expression.js';
import { qualifiedName } from './expression.js';
import { type Token, tokensOf } from './lexer.js';
import { bytesOf, doubleOf, intOf, stringOf, uintOf } from './literal.js';
import { expandMacro } from './macros.js';
import type { CelSource } from './source.js';

/** cel-go's limits: on the text, and on how often one rule of the grammar may stand within itself. */
const CODE_POINTS_MAX = 100_000;
const DEPTH_MAX = 250;

const RESERVED = new Set(
  (
    'as break const continue else false for function if import in let loop package namespace null return true var ' +
    'void while'
  ).split(' '),
);
const OPERAND_START =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
const OPERATOR_CALLS: Readonly<Record<string, string>> = {
  '==': '_==_',
  '!=': '_!=_',
  '<': '_<_',
  '<=': '_<=_',
  '>': '_>_',
  '>=': '_>=_',
  in: '@in',
  '+': '_+_',
  '-': '_-_',
  '*': '_*_',
  '/': '_/_',
  '%': '_%_',
};
const RELATIONS = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
const SUMS = new Set(['+', '-']);
const PRODUCTS = new Set(['*', '/', '%']);

/** Ends the parsing after the first error of syntax; cel-go goes on and may find more. */
class SyntaxStop extends Error {}

/** The expression with its macros expanded; undefined when the source has issues, which are reported to it. */
export function parseExpression(source: CelSource, { bindings = false } = {}): Expression | undefined {
  const size = source.text.length > CODE_POINTS_MAX ? [...source.text].length : 0;
  if (size > CODE_POINTS_MAX) {
    source.report(undefined, `expression code point size exceeds limit: size: ${size}, limit ${CODE_POINTS_MAX}`);
    return undefined;
  }
  try {
    const expression = new Parser(source, tokensOf(source), bindings).start();
    return source.hasIssues ? undefined : expression;
  } catch (error) {
    if (error instanceof SyntaxStop) return undefined;
    throw error;
  }
}

/**
 * Recursive descent over cel-go's grammar. Chains of && and || are balanced, as upstream balances them, so that their
 * length costs no depth.
 */
class Parser {
  private at = 0;
  private readonly depths = { expression: 0, relation: 0, sum: 0, member: 0 };

  constructor(
    private readonly source: CelSource,
    private readonly tokens: readonly Token[],
    private readonly bindings: boolean,
  ) {}

  start(): Expression {
    const expression = this.expression();
    if (this.next.kind !== 'end') {
      const extraneous = this.tokens[this.at + 1]?.kind === 'end';
      this.fail(`${extraneous ? 'extraneous' : 'mismatched'} input '${this.next.text}' expecting <EOF>`);
    }
    return expression;
  }

  private get next(): Token {
    return this.tokens[this.at]!;
  }

  private is(text: string): boolean {
    const { kind, text: actual } = this.next;
    return actual === text && (kind === 'punctuation' || kind === 'identifier');
  }

  private accept(text: string): Token | undefined {
    if (!this.is(text)) return undefined;
    return this.tokens[this.at++];
  }

  private expect(text: string): Token {
    const token = this.accept(text);
    if (token) return token;
    const isEnd = this.next.kind === 'end';
    return this.fail(
      isEnd && /[)\]}]/.test(text)
        ? `missing '${text}' at '<EOF>'`
        : `mismatched input '${this.next.text}' expecting '${text}'`,
    );
  }

  private fail(message: string): never {
    this.source.report(this.next.at, `Syntax error: ${message}`);
    throw new SyntaxStop();
  }

  private enter(rule: keyof Parser['depths'], levels = 1): void {
    this.depths[rule] += levels;
    if (this.depths[rule] < DEPTH_MAX) return;
    this.source.report(undefined, `expression recursion limit exceeded: ${DEPTH_MAX}`);
    throw new SyntaxStop();
  }

  private expression(): Expression {
    this.enter('expression');
    let result = this.logical('||');
    const question = this.accept('?');
    if (question) {
      const truthy = this.logical('||');
      this.expect(':');
      result = call(question.at, '_?_:_', [result, truthy, this.expression()]);
    }
    this.depths.expression--;
    return result;
  }

  private logical(operator: '||' | '&&'): Expression {
    const terms: Expression[] = [];
    const operators: Token[] = [];
    let token: Token | undefined;
    do {
      if (token) operators.push(token);
      terms.push(operator === '||' ? this.logical('&&') : this.binary(RELATIONS, 'relation'));
      token = this.accept(operator);
    } while (token);
    return balanced(operator === '||' ? '_||_' : '_&&_', terms, operators, 0, operators.length - 1);
  }

  private binary(operators: ReadonlySet<string>, rule: 'relation' | 'sum'): Expression {
    const operand = (): Expression => {
      if (operators === RELATIONS) return this.binary(SUMS, 'sum');
      return operators === SUMS ? this.binary(PRODUCTS, 'sum') : this.unary();
    };
    let result = operand();
    let levels = 0;
    while (operators.has(this.next.text) && (this.next.kind === 'punctuation' || this.is('in'))) {
      const operator = this.tokens[this.at++]!;
      levels++;
      this.enter(rule);
      result = call(operator.at, OPERATOR_CALLS[operator.text]!, [result, operand()]);
    }
    this.depths[rule] -= levels;
    return result;
  }

  private unary(): Expression {
    const first = this.next;
    const isNot = this.is('!');
    let count = 0;
    if (isNot) while (this.accept('!')) count++;
    else {
      while (this.is('-') && !this.isNegativeNumber()) {
        this.at++;
        count++;
      }
    }
    const operand = this.member();
    return count % 2 === 0 ? operand : call(first.at, isNot ? '!_' : '-_', [operand]);
  }

  private isNegativeNumber(): boolean {
    const kind = this.tokens[this.at + 1]?.kind;
    return kind === 'int' || kind === 'double';
  }

  private member(): Expression {
    let result = this.primary();
    let levels = 0;
    for (;;) {
      if (!this.is('.') && !this.is('[')) break;
      levels++;
      this.enter('member');
      result = this.is('.') ? this.selection(result) : this.index(result);
    }
    this.depths.member -= levels;
    return result;
  }

  private selection(operand: Expression): Expression {
    const dot = this.expect('.');
    const isOptional = this.accept('?') !== undefined;
    const name = this.next;
    const field = name.kind === 'quoted' ? name.text.slice(1, -1) : name.text;
    if ((name.kind !== 'identifier' && name.kind !== 'quoted') || (name.kind === 'identifier' && isWord(name.text))) {
      return this.fail(`mismatched input '${name.text}' expecting IDENTIFIER`);
    }
    this.at++;
    if (isOptional) {
      return call(dot.at, '_?._', [operand, { kind: 'literal', at: name.at, value: field }]);
    }
    const open = name.kind === 'identifier' ? this.accept('(') : undefined;
    if (open) return this.called(open.at, field, operand, this.list(')').items);
    if (this.is('{')) {
      const path = qualifiedName({ kind: 'select', at: dot.at, operand, field, isTest: false });
      if (path !== undefined) return this.struct(path);
    }
    return { kind: 'select', at: dot.at, operand, field, isTest: false };
  }

  private index(operand: Expression): Expression {
    const open = this.expect('[');
    const isOptional = this.accept('?') !== undefined;
    const index = this.expression();
    this.expect(']');
    return call(open.at, isOptional ? '_[?_]' : '_[_]', [operand, index]);
  }

  private called(at: number, name: string, target: Expression | undefined, args: Expression[]): Expression {
    const report = (where: number, message: string) => this.source.report(where, message);
    const { bindings } = this;
    return expandMacro({ at, name, target, args, report, bindings }) ?? { kind: 'call', at, name, target, args };
  }

  private primary(): Expression {
    const token = this.next;
    if (this.accept('(')) {
      const inner = this.expression();
      this.expect(')');
      return inner;
    }
    if (this.accept('[')) return { kind: 'list', at: token.at, ...this.list(']') };
    if (this.accept('{')) return this.map(token.at);
    if (this.is('.') || (token.kind === 'identifier' && !isWord(token.text))) return this.identifier();
    return this.literal(token);
  }

  private identifier(): Expression {
    const first = this.next;
    const dot = this.accept('.') ? '.' : '';
    const token = this.next;
    if (token.kind !== 'identifier' || isWord(token.text)) {
      return this.fail(`no viable alternative at input '${dot}${token.kind === 'end' ? '' : token.text}'`);
    }
    this.at++;
    if (RESERVED.has(token.text)) this.source.report(first.at, `reserved identifier: ${token.text}`);
    const name = dot + token.text;
    const open = this.accept('(');
    if (open) return this.called(open.at, name, undefined, this.list(')').items);
    if (this.is('{')) return this.struct(name);
    return { kind: 'ident', at: token.at, name };
  }

  /** Items up to the closing sign; a trailing comma is allowed in lists only. */
  private list(close: ')' | ']'): { items: Expression[]; optionals: Set<number> } {
    const items: Expression[] = [];
    const optionals = new Set<number>();
    while (!this.is(close)) {
      if (close === ']' && this.accept('?')) optionals.add(items.length);
      items.push(this.expression());
      if (!this.accept(',')) break;
      if (close === ')' && this.is(')')) this.operandExpected();
    }
    this.expect(close);
    return { items, optionals };
  }

  private map(at: number): Expression {
    const entries: MapEntry[] = [];
    while (!this.is('}')) {
      const isOptional = this.accept('?') !== undefined;
      const key = this.expression();
      const colon = this.expect(':');
      entries.push({ at: colon.at, key, value: this.expression(), isOptional });
      if (!this.accept(',')) break;
    }
    this.expect('}');
    return { kind: 'map', at, entries };
  }

  private struct(name: string): Expression {
    const { at } = this.expect('{');
    const fields: StructField[] = [];
    while (!this.is('}')) {
      const isOptional = this.accept('?') !== undefined;
      const token = this.next;
      if (token.kind !== 'identifier' && token.kind !== 'quoted') {
        this.fail(`mismatched input '${token.text}' expecting {'}', ',', '\`', IDENTIFIER}`);
      }
      this.at++;
      const colon = this.expect(':');
      const field = token.kind === 'quoted' ? token.text.slice(1, -1) : token.text;
      fields.push({ at: colon.at, name: field, value: this.expression(), isOptional });
      if (!this.accept(',')) break;
    }
    this.expect('}');
    return { kind: 'struct', at, name, fields };
  }

  private literal(token: Token): Expression {
    const sign = this.is('-') && this.isNegativeNumber() ? this.tokens[this.at++] : undefined;
    const value = this.valueOf(this.next, sign !== undefined);
    if (value === undefined) return this.operandExpected();
    this.at++;
    return { kind: 'literal', at: token.at, value };
  }

  private valueOf({ kind, text, at }: Token, isNegative: boolean): LiteralValue | undefined {
    const orReport = <T extends LiteralValue>(value: T | string): T | null => {
      if (typeof value !== 'string') return value;
      this.source.report(at, value);
      return null;
    };
    if (kind === 'int') return orReport(intOf(text, isNegative));
    if (kind === 'uint') return orReport(uintOf(text));
    if (kind === 'double') return orReport(doubleOf(isNegative ? `-${text}` : text));
    if (kind === 'string' || kind === 'bytes') {
      const read = kind === 'string' ? stringOf(text) : bytesOf(text);
      if ('value' in read) return read.value;
      this.source.report(at, read.error);
      return null;
    }
    if (text === 'true' || text === 'false') return text === 'true';
    return text === 'null' ? null : undefined;
  }

  private operandExpected(): never {
    const following = this.tokens[this.at + 1];
    const isExtraneous = this.next.kind !== 'end' && following !== undefined && startsOperand(following);
    return this.fail(
      `${isExtraneous ? 'extraneous' : 'mismatched'} input '${this.next.text}' expecting ${OPERAND_START}`,
    );
  }
}

/** Names that are words of the language and so never identifiers. */
function isWord(text: string): boolean {
  return text === 'in' || text === 'true' || text === 'false' || text === 'null';
}

function startsOperand({ kind, text }: Token): boolean {
  if (kind === 'identifier') return text !== 'in';
  return kind === 'punctuation' ? '[{(.-!'.includes(text) : kind !== 'end';
}

function call(at: number, name: string, args: Expression[]): Expression {
  return { kind: 'call', at, name, target: undefined, args };
}

function balanced(name: string, terms: Expression[], operators: Token[], low: number, high: number): Expression {
  if (operators.length === 0) return terms[0]!;
  const middle = (low + high + 1) >> 1;
  const left = middle === low ? terms[middle]! : balanced(name, terms, operators, low, middle - 1);
  const right = middle === high ? terms[middle + 1]! : balanced(name, terms, operators, middle + 1, high);
  return call(operators[middle]!.at, name, [left, right]);
}
