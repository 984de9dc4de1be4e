import { StatusError } from './status-error.js';

export interface FieldRequirement {
  readonly field: string;
  readonly op: '=' | '!=';
  readonly value: string;
}

/** 'spec.nodeName=node01,status.phase!=Running', ready to be asked often. Which fields exist, the kind knows. */
export interface FieldMatcher {
  readonly requirements: readonly FieldRequirement[];
  /** True when it selects everything. */
  readonly empty: boolean;
  /** A field that is absent counts as the empty text. */
  matches(fields: Readonly<Record<string, string>>): boolean;
  toString(): string;
}

/** Throws 400 with upstream's text. Models k8s.io/apimachinery/pkg/fields (1.36). */
export function parseFieldSelector(text: string): FieldMatcher {
  const terms = splitTerms(text).filter((term) => term !== '');
  const requirements = terms.toSorted().map((term) => requirementOf(term, text));
  return {
    requirements,
    empty: requirements.length === 0,
    matches(fields) {
      for (const { field, op, value } of requirements) {
        const actual = Object.hasOwn(fields, field) ? fields[field] : '';
        if ((actual === value) !== (op === '=')) return false;
      }
      return true;
    },
    toString: () => requirements.map(({ field, op, value }) => `${field}${op}${escapeFieldValue(value)}`).join(','),
  };
}

/** For those who build selectors out of values: backslash, comma and equals sign are escaped. */
export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, (char) => `\\${char}`);
}

/** Splits at commas that no backslash escapes. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === ',') {
      terms.push(text.slice(start, at));
      start = at + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function requirementOf(term: string, whole: string): FieldRequirement {
  const match = /!=|==|=/.exec(term);
  if (!match) throw StatusError.badRequest(`invalid selector: '${whole}'; can't understand '${term}'`);
  return {
    field: term.slice(0, match.index),
    op: match[0] === '!=' ? '!=' : '=',
    value: unescaped(term.slice(match.index + match[0].length)),
  };
}

function unescaped(value: string): string {
  if (!/[\\,=]/.test(value)) return value;
  let plain = '';
  for (let at = 0; at < value.length; at++) {
    const char = value[at]!;
    if (char === '\\') {
      const escaped = value[++at] ?? '';
      if (escaped !== '\\' && escaped !== ',' && escaped !== '=') {
        throw StatusError.badRequest(`invalid field selector: invalid escape sequence: \\${escaped}`);
      }
      plain += escaped;
    } else if (char === ',' || char === '=') {
      // Upstream prints the character's number here.
      throw StatusError.badRequest(`invalid field selector: unescaped character in value: ${char.charCodeAt(0)}`);
    } else {
      plain += char;
    }
  }
  return plain;
}
