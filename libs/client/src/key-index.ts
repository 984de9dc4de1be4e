/**
 * Which objects have which value: value → keys. Holds keys, not objects, so that a change which leaves the indexed
 * values alone (almost all: status, heartbeats) costs nothing here.
 */
export class KeyIndex<T> {
  private readonly keysOfValue = new Map<string, Set<string>>();

  constructor(private readonly valuesOf: (object: T) => readonly string[]) {}

  /** `old` or `object` is undefined when the key appears or vanishes. */
  change(key: string, old: T | undefined, object: T | undefined): void {
    const before = old === undefined ? [] : this.valuesOf(old);
    const after = object === undefined ? [] : this.valuesOf(object);
    if (sameTexts(before, after)) return;
    for (const value of before) if (!after.includes(value)) this.drop(value, key);
    for (const value of after) if (!before.includes(value)) this.put(value, key);
  }

  keys(value: string): ReadonlySet<string> | undefined {
    return this.keysOfValue.get(value);
  }

  private put(value: string, key: string): void {
    const keys = this.keysOfValue.get(value);
    if (keys) keys.add(key);
    else this.keysOfValue.set(value, new Set([key]));
  }

  private drop(value: string, key: string): void {
    const keys = this.keysOfValue.get(value);
    if (!keys?.delete(key)) return;
    if (keys.size === 0) this.keysOfValue.delete(value);
  }
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
