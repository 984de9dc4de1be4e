/**
 * The forms that names, label keys and label values may have; each answers with messages, none when fine.
 * Models k8s.io/apimachinery/pkg/util/validation (1.36), same texts. All expressions are linear in their input.
 */
const LABEL_FORM = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN_FORM = `${LABEL_FORM}(\\.${LABEL_FORM})*`;
const QUALIFIED_FORM = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE_FORM = `(${QUALIFIED_FORM})?`;

const LABEL = new RegExp(`^${LABEL_FORM}$`);
const SUBDOMAIN = new RegExp(`^${SUBDOMAIN_FORM}$`);
const QUALIFIED = new RegExp(`^${QUALIFIED_FORM}$`);
const LABEL_VALUE = new RegExp(`^${LABEL_VALUE_FORM}$`);

const LABEL_LENGTH_MAX = 63;
const SUBDOMAIN_LENGTH_MAX = 253;

/** With two blanks before each 'or', as Go's server writes it. Models validation.RegexError. */
export function formMessage(message: string, form: string, ...examples: readonly string[]): string {
  const or = examples.map((example) => `'${example}'`).join(',  or ');
  return examples.length === 0
    ? `${message} (regex used for validation is '${form}')`
    : `${message} (e.g. ${or}, regex used for validation is '${form}')`;
}

const tooLong = (max: number) => `must be no more than ${max} characters`;
/** Lengths count bytes, as Go's len does. */
const byteLength = (text: string) => Buffer.byteLength(text, 'utf8');

export function dns1123Label(value: string): string[] {
  const messages: string[] = [];
  if (byteLength(value) > LABEL_LENGTH_MAX) messages.push(tooLong(LABEL_LENGTH_MAX));
  if (messages.length > 0 || LABEL.test(value)) return messages;
  if (SUBDOMAIN.test(value)) return ['must not contain dots'];
  return [
    formMessage(
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
      LABEL_FORM,
      'my-name',
      '123-abc',
    ),
  ];
}

/** The rule of a form: too long, or not of it. */
function ruleOf(form: string, max: number, message: string, ...examples: readonly string[]) {
  const pattern = new RegExp(`^${form}$`);
  const mismatch = formMessage(message, form, ...examples);
  return (value: string): string[] => {
    if (byteLength(value) > max) return [tooLong(max)];
    return pattern.test(value) ? [] : [mismatch];
  };
}

export const dns1123Subdomain = ruleOf(
  SUBDOMAIN_FORM,
  SUBDOMAIN_LENGTH_MAX,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  'example.com',
);

/** '*.example.com' */
export const wildcardDns1123Subdomain = ruleOf(
  `\\*\\.${SUBDOMAIN_FORM}`,
  SUBDOMAIN_LENGTH_MAX,
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  '*.example.com',
);

export const dns1035Label = ruleOf(
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  LABEL_LENGTH_MAX,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  'my-name',
  'abc-123',
);

const QUALIFIED_MESSAGE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** A label or annotation key: 'name' or 'example.com/name'. */
export function qualifiedName(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2) {
    return [
      `a qualified name ${formMessage(QUALIFIED_MESSAGE, QUALIFIED_FORM, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const messages: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0]!;
    if (prefix === '') messages.push('prefix part must be non-empty');
    else messages.push(...dns1123Subdomain(prefix).map((message) => `prefix part ${message}`));
  }
  const name = parts.at(-1)!;
  if (name === '') messages.push('name part must be non-empty');
  else if (byteLength(name) > LABEL_LENGTH_MAX) messages.push(`name part ${tooLong(LABEL_LENGTH_MAX)}`);
  if (!QUALIFIED.test(name)) {
    messages.push(`name part ${formMessage(QUALIFIED_MESSAGE, QUALIFIED_FORM, 'MyName', 'my.name', '123-abc')}`);
  }
  return messages;
}

export function labelValue(value: string): string[] {
  const messages: string[] = [];
  if (byteLength(value) > LABEL_LENGTH_MAX) messages.push(tooLong(LABEL_LENGTH_MAX));
  if (!LABEL_VALUE.test(value)) {
    messages.push(
      formMessage(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        LABEL_VALUE_FORM,
        'MyValue',
        'my_value',
        '12345',
      ),
    );
  }
  return messages;
}
