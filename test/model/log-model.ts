import type { StoreEvent, Write } from '#storage';
import { valueOf } from '#testing';

/** What one key holds: its revision and value. */
interface Held {
  readonly revision: number;
  readonly value: string;
}

export type State = ReadonlyMap<string, Held>;

/**
 * The whole truth about one sandbox, told by its log: `states[i]` is what there was at revision `first` + i. Everything that a
 * client was told is held against it. The log itself must be dense and make sense from one revision to the next.
 */
export class LogModel {
  private readonly states: State[];
  private readonly events: StoreEvent[] = [];

  constructor(
    readonly first: number,
    initial: State,
  ) {
    this.states = [initial];
  }

  get head(): number {
    return this.first + this.states.length - 1;
  }

  /** The next event of the log, as a watch gave it. Returns what is wrong with it. */
  push(event: StoreEvent): string | undefined {
    const { key, revision, text, facets } = event.object;
    const before = this.stateAt(this.head);
    const held = before.get(key);
    if (revision !== this.head + 1) return `revision ${revision} follows ${this.head}`;
    if (!text.includes(`"resourceVersion":"${revision}"`)) return `${key}@${revision} has another revision in its text`;
    const type = held === undefined ? 'ADDED' : 'MODIFIED';
    if (event.type === 'DELETED' ? held === undefined : event.type !== type) {
      return `${event.type} ${key}@${revision}, but it was ${held === undefined ? 'not there' : 'there'}`;
    }
    if (event.previous?.labels?.['value'] !== held?.value) return `${key}@${revision} has wrong previous facets`;
    if (facets.labels?.['value'] !== valueOf(text)) return `${key}@${revision} has the facets of another`;
    const after = new Map(before);
    if (event.type === 'DELETED') after.delete(key);
    else after.set(key, { revision, value: valueOf(text) });
    this.states.push(after);
    this.events.push(event);
    return undefined;
  }

  stateAt(revision: number): State {
    return this.states[revision - this.first]!;
  }

  eventAt(revision: number): StoreEvent | undefined {
    return this.events[revision - this.first - 1];
  }

  /** Revisions whose event carries `value`: values are unique per write. */
  revisionsOf(value: string): number[] {
    return this.events.filter((event) => valueOf(event.object.text) === value).map((event) => event.object.revision);
  }

  /** Whether some state from `from` to `to` refuses `write`: only then may a conflict be answered. */
  mayConflict(writes: readonly Write[], from: number, to: number): boolean {
    for (let revision = from; revision <= to; revision++) {
      const state = this.stateAt(revision);
      if (writes.some((write) => (state.get(write.key)?.revision ?? 0) !== write.expected)) return true;
    }
    return false;
  }

  /** Whether `value` (undefined: nothing) was under `key` at some revision from `from` to `to`. */
  hasHeld(key: string, value: string | undefined, from: number, to: number): boolean {
    for (let revision = from; revision <= to; revision++) {
      if (this.stateAt(revision).get(key)?.value === value) return true;
    }
    return false;
  }

  /** 'key@revision=value' of all keys under `prefix`, in order. */
  listAt(revision: number, prefix: string): string[] {
    const held = [...this.stateAt(revision)].filter(([key]) => key.startsWith(prefix));
    return held.map(([key, { revision: at, value }]) => `${key}@${at}=${value}`).sort();
  }
}
