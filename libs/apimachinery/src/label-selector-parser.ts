import { fieldErrorsText } from './aggregate-text.js';
import { type FieldError, fieldError } from './field-error.js';
import { labelValue, qualifiedName } from './names.js';
import { StatusError } from './status-error.js';

export type LabelOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

/** One condition; all of a selector's must hold. `values` are unique and sorted. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/**
 * 'app in (a, b),!old' → tokens → requirements, by one token of look-ahead:
 *
 *   selector    = [ requirement { ',' requirement } ]
 *   requirement = [ '!' ] key | key operator value | key ('in' | 'notin') '(' value { ',' value } ')'
 *
 * The words `in` and `notin` are operators only where an operator may stand; elsewhere they are names.
 * Models the Lexer and Parser of k8s.io/apimachinery/pkg/labels (1.36), same error texts.
 */
export function parseRequirements(text: string): LabelRequirement[] {
  return new Parser(text).requirements();
}

type Token = 'end' | 'error' | 'identifier' | ',' | '(' | ')' | '!' | '=' | '==' | '!=' | '>' | '<' | 'in' | 'notin';
interface Item {
  readonly token: Token;
  readonly literal: string;
}

const SYMBOLS = new Set<string>([',', '(', ')', '!', '=', '==', '!=', '>', '<']);
const isSpace = (char: string) => char === ' ' || char === '\t' || char === '\r' || char === '\n';
const isSpecial = (char: string) => '=!(),><'.includes(char);

function* tokensOf(text: string): Generator<Item> {
  let at = 0;
  while (at < text.length) {
    const start = at;
    if (isSpace(text[at]!)) {
      at++;
    } else if (isSpecial(text[at]!)) {
      // Longest known symbol; '=!' is '=' then '!'.
      at += SYMBOLS.has(text.slice(at, at + 2)) ? 2 : 1;
      yield { token: text.slice(start, at) as Token, literal: text.slice(start, at) };
    } else {
      while (at < text.length && !isSpace(text[at]!) && !isSpecial(text[at]!)) at++;
      const literal = text.slice(start, at);
      yield { token: literal === 'in' || literal === 'notin' ? literal : 'identifier', literal };
    }
  }
}

const END: Item = { token: 'end', literal: '' };
const BINARY_OPERATORS = 'in, notin, =, ==, !=, gt, lt';
const OPERATORS = new Map<Token, LabelOperator>([
  ['in', 'in'],
  ['notin', 'notin'],
  ['=', '='],
  ['==', '=='],
  ['!=', '!='],
  ['>', 'gt'],
  ['<', 'lt'],
]);

class Parser {
  private readonly items: readonly Item[];
  private at = 0;

  constructor(text: string) {
    this.items = [...tokensOf(text)];
  }

  requirements(): LabelRequirement[] {
    const found: LabelRequirement[] = [];
    for (;;) {
      const { token, literal } = this.peek();
      if (token === 'end') return found;
      if (token !== 'identifier' && token !== '!') {
        throw StatusError.badRequest(`found '${literal}', expected: !, identifier, or 'end of string'`);
      }
      found.push(this.requirement());
      const after = this.next();
      if (after.token === 'end') return found;
      if (after.token !== ',') {
        throw StatusError.badRequest(`found '${after.literal}', expected: ',' or 'end of string'`);
      }
      const following = this.peek();
      if (following.token !== 'identifier' && following.token !== '!') {
        throw StatusError.badRequest(`found '${following.literal}', expected: identifier after ','`);
      }
    }
  }

  private requirement(): LabelRequirement {
    const negated = this.peek().token === '!';
    if (negated) this.next();
    const key = this.next();
    if (key.token !== 'identifier') throw unparsable(`found '${key.literal}', expected: identifier`);
    const wrong = qualifiedName(key.literal);
    if (wrong.length > 0) throw refused([fieldError.invalid('<nil>', key.literal, wrong.join('; '))]);
    const { token } = this.peek();
    if (token === 'end' || token === ',') {
      return { key: key.literal, operator: negated ? '!' : 'exists', values: [] };
    }
    if (negated) return { key: key.literal, operator: '!', values: [] };
    const sign = this.next('operator');
    const operator = OPERATORS.get(sign.token);
    if (!operator) throw unparsable(`found '${sign.literal}', expected: ${BINARY_OPERATORS}`);
    const values = operator === 'in' || operator === 'notin' ? this.valueSet() : [this.exactValue()];
    return checked({ key: key.literal, operator, values: values.toSorted() });
  }

  private exactValue(): string {
    const { token } = this.peek();
    if (token === 'end' || token === ',') return '';
    const value = this.next();
    if (value.token !== 'identifier') throw unparsable(`found '${value.literal}', expected: identifier`);
    return value.literal;
  }

  private valueSet(): string[] {
    const open = this.next();
    if (open.token !== '(') throw unparsable(`found '${open.literal}' expected: '('`);
    const first = this.peek();
    if (first.token === ')') {
      this.next();
      return [];
    }
    if (first.token !== 'identifier' && first.token !== ',') {
      throw unparsable(`found '${first.literal}', expected: ',', ')' or identifier`);
    }
    const values = new Set<string>();
    // An empty place between commas stands for the empty value: '(,a)', '(a,)', '(a,,b)'.
    let expectsValue = true;
    for (;;) {
      const item = this.next();
      if (item.token === 'identifier' && expectsValue) {
        values.add(item.literal);
        expectsValue = false;
      } else if (item.token === ',' || item.token === ')') {
        if (expectsValue) values.add('');
        if (item.token === ')') return [...values];
        expectsValue = true;
      } else {
        throw unparsable(`found '${item.literal}', expected: ${expectsValue ? "',', or identifier" : "',' or ')'"}`);
      }
    }
  }

  private peek(): Item {
    return asValue(this.items[this.at] ?? END);
  }

  private next(context: 'value' | 'operator' = 'value'): Item {
    const item = this.items[this.at++] ?? END;
    return context === 'operator' ? item : asValue(item);
  }
}

function asValue(item: Item): Item {
  return item.token === 'in' || item.token === 'notin' ? { token: 'identifier', literal: item.literal } : item;
}

function unparsable(why: string): StatusError {
  return StatusError.badRequest(`unable to parse requirement: ${why}`);
}

function refused(errors: readonly FieldError[]): StatusError {
  return unparsable(fieldErrorsText(errors));
}

const INT64 = /^[-+]?[0-9]+$/;
const isInt64 = (text: string) =>
  text.length <= 20 && INT64.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);

function checked(requirement: LabelRequirement): LabelRequirement {
  const { key, operator, values } = requirement;
  const errors: FieldError[] = [];
  if ((operator === 'in' || operator === 'notin') && values.length === 0) {
    errors.push(fieldError.invalid('values', values, "for 'in', 'notin' operators, values set can't be empty"));
  }
  if ((operator === 'gt' || operator === 'lt') && !isInt64(values[0]!)) {
    errors.push(fieldError.invalid('values[0]', values[0], "for 'Gt', 'Lt' operators, the value must be an integer"));
  }
  for (const [index, value] of values.entries()) {
    const wrong = labelValue(value);
    if (wrong.length > 0) errors.push(fieldError.invalid(`values[${index}][${key}]`, value, wrong.join('; ')));
  }
  if (errors.length > 0) throw refused(errors);
  return requirement;
}
