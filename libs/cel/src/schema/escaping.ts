/** Words of the language that a property may be called by; escaped they are no longer words. */
const RESERVED = new Set(
  (
    'true false null in as break const continue else for function if import let loop package namespace return var void ' +
    'while'
  ).split(' '),
);
const SYMBOLS: Readonly<Record<string, string>> = {
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
  __: '__underscores__',
};

/** What expressions call a property; undefined: they cannot name it. Models apiserver's cel.Escape (1.36). */
export function escapedName(property: string): string | undefined {
  if (RESERVED.has(property)) return `__${property}__`;
  const escaped = property.replace(/__|[.\-/]/g, (symbol) => SYMBOLS[symbol]!);
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(escaped) ? escaped : undefined;
}
