/**
 * Keys are ordered by their UTF-8 bytes, as PostgreSQL's COLLATE "C" does. That is code point order, and JavaScript's
 * `<` differs from it only where surrogate pairs meet U+E000..U+FFFF.
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? rank(x) - rank(y) : x - y;
  }
  return a.length - b.length;
}

/** A surrogate stands for a code point above U+FFFF, so it sorts after every other unit. */
function rank(unit: number): number {
  return unit < 0xe000 ? unit + 0x10000 : unit;
}

/** 'pods' of 'pods/default/web': what live objects and watchers are grouped by. */
export function groupOf(key: string): string {
  const slash = key.indexOf('/');
  return slash < 0 ? key : key.slice(0, slash);
}

/** The least text after every key that starts with `prefix` (the last code point never occurs in a name). */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}
