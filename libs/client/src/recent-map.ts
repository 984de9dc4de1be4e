/** Shared by all that are empty, never written. */
const NOTHING = new Map<string, never>();

/** Remembers the `max` keys used last. Costs nothing while empty: most components of most sandboxes never say anything. */
export class RecentMap<V> {
  private entries: Map<string, V> = NOTHING;

  constructor(private readonly max: number) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): V | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    if (this.entries === NOTHING) this.entries = new Map();
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size <= this.max) return;
    for (const oldest of this.entries.keys()) {
      this.entries.delete(oldest);
      return;
    }
  }
}
