/** `{3}`, `{3,}`, `{3,5}` at this place. */
const REPEAT = /\{(\d{1,4})(?:(,)(\d{0,4}))?\}/y;
/** `[…]`, whose first bracket may be a member and which may hold named classes. */
const CLASS = /\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*\]?/y;

/**
 * How many instructions a regular expression compiles to, nearly, told without compiling it: counted repeats are written out,
 * so that a few characters can stand for millions. Linear in its length.
 */
export function patternSize(pattern: string): number {
  /** The sizes of the groups around, each up to its last part. */
  const outer: number[] = [];
  let before = 0;
  let last = 0;
  const part = (size: number) => {
    before += last;
    last = size;
  };
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === '\\') {
      i++;
      part(1);
    } else if (char === '[') {
      CLASS.lastIndex = i;
      i += CLASS.exec(pattern)![0].length - 1;
      part(1);
    } else if (char === '(') {
      outer.push(before + last);
      before = last = 0;
    } else if (char === ')') {
      const size = before + last + 2;
      before = outer.pop() ?? 0;
      last = size;
    } else if (char === '{') {
      REPEAT.lastIndex = i;
      const found = REPEAT.exec(pattern);
      if (!found) {
        part(1);
        continue;
      }
      i += found[0].length - 1;
      last *= Math.max(1, Number(found[1]), Number(found[3] || 0));
    } else if (char === '*' || char === '+' || char === '?') last++;
    else part(1);
  }
  return outer.reduce((sum, size) => sum + size, before + last);
}
