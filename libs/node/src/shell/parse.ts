/**
 * The part of the shell's grammar that container commands use: lists with ; && || and newlines, if, while, until, for,
 * groups, redirections. Anything else is refused, and the model then takes the script for a program that just runs.
 */
export type Script = readonly Step[];

export interface Step {
  /** How it hangs on the one before. */
  readonly after: ';' | '&&' | '||';
  readonly command: Command;
  readonly background: boolean;
}

export type Command =
  /** Words with quotes still on; `writesTo` is the file its output goes to, '' for nowhere. */
  | { readonly kind: 'simple'; readonly text: string; readonly writesTo: string | undefined }
  | { readonly kind: 'loop'; readonly until: boolean; readonly test: Script; readonly body: Script }
  | { readonly kind: 'for'; readonly name: string; readonly words: string; readonly body: Script }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly test: Script; readonly body: Script }[];
      readonly otherwise: Script;
    }
  | { readonly kind: 'group'; readonly body: Script };

export class ScriptError extends Error {}

/** Longer scripts are not modelled. */
const SCRIPT_LENGTH_MAX = 16_384;
const NESTING_MAX = 32;

const OPERATOR = /^(?:&&|\|\||;;|[;|&(){}\n])/;
/** A redirection with its target: '> file', '2>&1', '>/dev/null'. */
const REDIRECTION = /^(?:[0-9]?>>?\s*(?:&[0-9]|[^\s;&|<>]+)|<\s*[^\s;&|<>]+)/;
const RESERVED = new Set(['then', 'do', 'done', 'fi', 'else', 'elif', '}']);

type Token = { readonly op: string } | { readonly word: string } | { readonly redirect: string };

/** One word with its quotes, up to the next space or operator outside them. */
function wordAt(text: string, from: number): string {
  let i = from;
  while (i < text.length) {
    const char = text[i]!;
    if (char === "'" || char === '"') {
      let end = i + 1;
      while (end < text.length && text[end] !== char) end += char === '"' && text[end] === '\\' ? 2 : 1;
      i = end + 1;
    } else if (char === '\\') i += 2;
    else if (text.startsWith('$(', i)) {
      const end = text.indexOf(')', i);
      if (end < 0) throw new ScriptError('unterminated $(');
      i = end + 1;
    } else if (text.startsWith('${', i)) {
      const end = text.indexOf('}', i);
      i = end < 0 ? text.length : end + 1;
    } else if (/[\s;&|()<>]/.test(char)) break;
    else i++;
  }
  return text.slice(from, Math.min(i, text.length));
}

function tokenize(text: string): Token[] {
  if (text.length > SCRIPT_LENGTH_MAX) throw new ScriptError('script too long');
  const tokens: Token[] = [];
  let i = 0;
  while (i < text.length) {
    const rest = text.slice(i, i + 512);
    const blank = /^(?:[ \t\r]|\\\n)+/.exec(rest);
    const startsWord = i === 0 || /[\s;&|(]/.test(text[i - 1]!);
    if (blank) i += blank[0].length;
    else if (text[i] === '#' && startsWord) i = text.indexOf('\n', i) < 0 ? text.length : text.indexOf('\n', i);
    else {
      const redirect = REDIRECTION.exec(rest);
      const op = OPERATOR.exec(rest);
      // A brace is an operator only as a word of its own.
      const brace = op && /[{}]/.test(op[0]) && (!startsWord || !/^[\s;]?$/.test(text[i + 1] ?? ''));
      if (redirect) tokens.push({ redirect: redirect[0] });
      else if (op && !brace) tokens.push({ op: op[0] });
      const length = redirect?.[0].length ?? (op && !brace ? op[0].length : 0);
      if (length > 0) i += length;
      else {
        const word = wordAt(text, i);
        if (word === '') throw new ScriptError(`unexpected ${text[i]}`);
        tokens.push({ word });
        i += word.length;
      }
    }
  }
  return tokens;
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  script(): Script {
    const body = this.list(new Set());
    if (this.at < this.tokens.length) throw new ScriptError('unexpected token');
    return body;
  }

  private op(): string | undefined {
    const token = this.tokens[this.at];
    return token && 'op' in token ? token.op : undefined;
  }

  private word(): string | undefined {
    const token = this.tokens[this.at];
    return token && 'word' in token ? token.word : undefined;
  }

  private expect(word: string): void {
    if (this.word() !== word && this.op() !== word) throw new ScriptError(`expected ${word}`);
    this.at++;
  }

  private skipBreaks(): void {
    while (this.op() === ';' || this.op() === '\n') this.at++;
  }

  /** Steps up to one of `ends`, which is left where it is. */
  private list(ends: ReadonlySet<string>): Script {
    if (++this.depth > NESTING_MAX) throw new ScriptError('nested too deeply');
    const steps: Step[] = [];
    let after: Step['after'] = ';';
    for (;;) {
      this.skipBreaks();
      const next = this.word() ?? this.op();
      if (next === undefined || ends.has(next)) break;
      const command = this.command();
      const op = this.op();
      if (op === '|') throw new ScriptError('pipes are not modelled');
      steps.push({ after, command, background: op === '&' });
      after = op === '&&' || op === '||' ? op : ';';
      if (op !== undefined && !ends.has(op)) this.at++;
    }
    this.depth--;
    return steps;
  }

  private command(): Command {
    const word = this.word();
    if (word === 'while' || word === 'until') return this.loop(word === 'until');
    if (word === 'for') return this.forLoop();
    if (word === 'if') return this.conditional();
    if (this.op() === '(' || this.op() === '{') {
      const close = this.op() === '(' ? ')' : '}';
      this.at++;
      const body = this.list(new Set([close]));
      this.expect(close);
      this.redirections();
      return { kind: 'group', body };
    }
    if (word === undefined || RESERVED.has(word)) throw new ScriptError('unexpected word');
    return this.simple();
  }

  private loop(until: boolean): Command {
    this.at++;
    const test = this.list(new Set(['do']));
    this.expect('do');
    const body = this.list(new Set(['done']));
    this.expect('done');
    this.redirections();
    return { kind: 'loop', until, test, body };
  }

  private forLoop(): Command {
    this.at++;
    const name = this.word() ?? '';
    this.at++;
    this.expect('in');
    const words: string[] = [];
    while (this.word() !== undefined) words.push(this.tokenText());
    this.skipBreaks();
    this.expect('do');
    const body = this.list(new Set(['done']));
    this.expect('done');
    return { kind: 'for', name, words: words.join(' '), body };
  }

  private conditional(): Command {
    const branches: { test: Script; body: Script }[] = [];
    let otherwise: Script = [];
    do {
      this.at++;
      const test = this.list(new Set(['then']));
      this.expect('then');
      branches.push({ test, body: this.list(new Set(['elif', 'else', 'fi'])) });
    } while (this.word() === 'elif');
    if (this.word() === 'else') {
      this.at++;
      otherwise = this.list(new Set(['fi']));
    }
    this.expect('fi');
    return { kind: 'if', branches, otherwise };
  }

  private simple(): Command {
    const words: string[] = [];
    let writesTo: string | undefined;
    for (;;) {
      const token = this.tokens[this.at];
      if (token && 'word' in token) words.push(this.tokenText());
      else if (token && 'redirect' in token) writesTo = this.redirection() ?? writesTo;
      else return { kind: 'simple', text: words.join(' '), writesTo };
    }
  }

  private tokenText(): string {
    const word = this.word()!;
    this.at++;
    return word;
  }

  private redirections(): void {
    while (this.tokens[this.at] && 'redirect' in this.tokens[this.at]!) this.at++;
  }

  /** The file that standard output goes to; undefined when it stays. */
  private redirection(): string | undefined {
    const token = this.tokens[this.at++] as { redirect: string };
    const match = /^1?>>?\s*([^&\s].*)$/.exec(token.redirect);
    if (!match) return undefined;
    return match[1] === '/dev/null' ? '' : match[1]!.replace(/^["']|["']$/g, '');
  }
}

/** Throws ScriptError for what is outside the modelled grammar. */
export function parseScript(text: string): Script {
  return new Parser(tokenize(text)).script();
}
