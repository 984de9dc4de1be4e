import { StatusError } from '#apimachinery';

/** More parameters than any client sends; a longer query is refused before it costs anything. */
const PARAMETERS_MAX = 1_000;

/** The decoded query of one request. Names may repeat; `first` is what Go's `url.Values.Get` gives. */
export class Query {
  static readonly EMPTY = new Query(new Map());

  private constructor(private readonly values: ReadonlyMap<string, readonly string[]>) {}

  /** The same, for who must go on: one that cannot be read, which is refused elsewhere, is empty. */
  static orEmpty(text: string): Query {
    try {
      return Query.parse(text);
    } catch {
      return Query.EMPTY;
    }
  }

  /** `text` is what follows the question mark. Fails with 400 on broken percent-encoding. */
  static parse(text: string): Query {
    if (text === '') return Query.EMPTY;
    const values = new Map<string, string[]>();
    let count = 0;
    for (const pair of text.split('&')) {
      if (pair === '') continue;
      if (++count > PARAMETERS_MAX) throw StatusError.badRequest('too many query parameters');
      const equals = pair.indexOf('=');
      const name = decode(equals === -1 ? pair : pair.slice(0, equals));
      const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
      const known = values.get(name);
      if (known) known.push(value);
      else values.set(name, [value]);
    }
    return new Query(values);
  }

  first(name: string): string | undefined {
    return this.values.get(name)?.[0];
  }

  all(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }

  /** Like `first`, where an empty value means the same as an absent one. */
  text(name: string): string | undefined {
    const value = this.first(name);
    return value === '' ? undefined : value;
  }

  /**
   * Models Convert_Slice_string_To_bool (1.36): only absence, 'false' and '0' are false; anything else, empty too, is true.
   */
  flag(name: string): boolean | undefined {
    const value = this.first(name);
    if (value === undefined) return undefined;
    return value !== '0' && value.toLowerCase() !== 'false';
  }

  /** A decimal 64-bit integer. Fails with Go's text, 400. */
  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^[+-]?\d+$/.test(value)) {
      throw StatusError.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
    }
    const number = Number(value);
    if (!Number.isSafeInteger(number)) {
      throw StatusError.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: value out of range`);
    }
    return number;
  }
}

function decode(text: string): string {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw StatusError.badRequest(`invalid URL escape in query parameter ${JSON.stringify(text.slice(0, 64))}`);
  }
}
