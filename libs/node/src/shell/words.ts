/** A command line in words, with quotes removed and variables put in. Words that hold nothing but an unset variable vanish. */
export type Lookup = (name: string) => string | undefined;

/** What variables may add to one command. */
const EXPANSION_LENGTH_MAX = 2_048;

const VARIABLE = /^\$(?:\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|([A-Za-z_]\w*))/;

/** Splits one simple command into words. Only what a model needs: quotes, backslashes, $NAME, ${NAME}, ${NAME:-text}. */
export function splitWords(text: string, lookup: Lookup): string[] {
  let expandedLength = 0;
  const words: string[] = [];
  let word: string | undefined;
  let i = 0;
  const expand = (): string => {
    const match = VARIABLE.exec(text.slice(i, i + 256));
    if (!match) {
      i++;
      return '$';
    }
    i += match[0].length;
    const value = lookup(match[1] ?? match[3] ?? '') ?? match[2] ?? '';
    expandedLength += value.length;
    // A script that doubles a variable in a loop would otherwise fill the memory.
    return expandedLength > EXPANSION_LENGTH_MAX ? '' : value;
  };
  while (i < text.length) {
    const char = text[i]!;
    if (char === ' ' || char === '\t' || char === '\n') {
      if (word !== undefined) words.push(word);
      word = undefined;
      i++;
    } else if (char === "'") {
      const end = text.indexOf("'", i + 1);
      word = (word ?? '') + text.slice(i + 1, end < 0 ? text.length : end);
      i = end < 0 ? text.length : end + 1;
    } else if (char === '"') {
      word ??= '';
      i++;
      while (i < text.length && text[i] !== '"') {
        if (text[i] === '\\' && i + 1 < text.length) {
          word += text[i + 1]!;
          i += 2;
        } else if (text[i] === '$') word += expand();
        else word += text[i++]!;
      }
      i++;
    } else if (char === '\\' && i + 1 < text.length) {
      word = (word ?? '') + text[i + 1]!;
      i += 2;
    } else if (char === '$') {
      const value = expand();
      if (value !== '' || word !== undefined) word = (word ?? '') + value;
    } else {
      word = (word ?? '') + char;
      i++;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
