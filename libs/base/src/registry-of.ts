import { invariant } from './invariant.js';

/** A lookup over an explicit list; a name twice is a programmer error found at start. */
export function registryOf<T>(what: string, items: readonly T[], nameOf: (item: T) => string): ReadonlyMap<string, T> {
  const byName = new Map<string, T>();
  for (const item of items) {
    const name = nameOf(item);
    invariant(!byName.has(name), `${what} ${name} is listed twice`);
    byName.set(name, item);
  }
  return byName;
}
