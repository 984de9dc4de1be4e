import { dns1035Label, dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '#apimachinery';
import type { OverloadRow } from '../typing/signature.js';
import { CelTimestamp } from '../value/time.js';
import { CelList, CelOptional, type Value } from '../value/value.js';
import { FORMAT, FormatValue } from './format-value.js';
import { urlProblem } from './urls.js';

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;

/** A prefix may end where a generated name goes on. */
const prefix = (rule: (text: string) => readonly string[]) => (text: string) => rule(text.replace(/-$/, 'a'));
const orSay = (isSound: (text: string) => boolean, problem: string) => (text: string) =>
  isSound(text) ? [] : [problem];

/** Name in expressions, name in messages, what is wrong with a text, and how long a pattern upstream prices it as. */
const FORMATS: readonly (readonly [
  name: string,
  shown: string,
  rule: (text: string) => readonly string[],
  regexSize: number,
])[] = [
  ['dns1123Label', 'DNS1123Label', dns1123Label, 30],
  ['dns1123Subdomain', 'DNS1123Subdomain', dns1123Subdomain, 60],
  ['dns1035Label', 'DNS1035Label', dns1035Label, 30],
  ['qualifiedName', 'QualifiedName', qualifiedName, 60],
  ['dns1123LabelPrefix', 'DNS1123LabelPrefix', prefix(dns1123Label), 30],
  ['dns1123SubdomainPrefix', 'DNS1123SubdomainPrefix', prefix(dns1123Subdomain), 60],
  ['dns1035LabelPrefix', 'DNS1035LabelPrefix', prefix(dns1035Label), 30],
  ['labelValue', 'LabelValue', labelValue, 40],
  ['uri', 'URI', (text) => [urlProblem(text)].filter((problem) => problem !== undefined), 1121],
  ['uuid', 'uuid', orSay((text) => UUID.test(text), 'does not match the UUID format'), 94],
  ['byte', 'byte', orSay((text) => BASE64.test(text), 'invalid base64'), 92],
  ['date', 'date', orSay((text) => CelTimestamp.parse(`${text}T00:00:00Z`) !== undefined, 'invalid date'), 121],
  [
    'datetime',
    'datetime',
    orSay((text) => CelTimestamp.parse(text.toUpperCase()) !== undefined, 'invalid datetime'),
    121,
  ],
];

const VALUES = new Map(FORMATS.map(([name, shown, rule, size]) => [name, new FormatValue(shown, rule, size)]));

/** Models apiserver's cel/library/format.go (1.36). */
export const NAMED_FORMATS: readonly OverloadRow[] = [
  ['format-named', `format.named(string) -> optional(${FORMAT.name})`, named],
  ['format-validate', `<${FORMAT.name}>.validate(string) -> optional(list(string))`, validate],
  ...[...VALUES].map(([name, value]): OverloadRow => [
    `format.${name}`,
    `format.${name}() -> ${FORMAT.name}`,
    () => value,
  ]),
];

function named(name: string): Value {
  const format = VALUES.get(name);
  return format ? new CelOptional(format) : CelOptional.NONE;
}

function validate(format: FormatValue, text: string): Value {
  const problems = format.problemsOf(text);
  return problems.length === 0 ? CelOptional.NONE : new CelOptional(CelList.of(problems));
}
