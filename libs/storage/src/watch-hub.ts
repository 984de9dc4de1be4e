import type { Revision } from '#base';
import { groupOf } from './key-order.js';
import type { StoreError, StoreEvent, StoreWatch, WatchSink } from './store.js';

/** One open watch. `passed` is the newest revision it has seen or need not see: nothing is delivered twice. */
class Watcher implements StoreWatch {
  open = true;

  constructor(
    readonly prefix: string,
    readonly sink: WatchSink,
    public passed: Revision,
    private readonly leave: (watcher: Watcher) => void,
  ) {}

  cancel(): void {
    this.leave(this);
  }
}

/**
 * The watches of one sandbox, found by the group of a changed key and then by prefix, so that a change touches only
 * watchers that may care, and all watchers of one prefix share one batch.
 */
export class WatchHub {
  private readonly byGroup = new Map<string, Map<string, Set<Watcher>>>();
  private count = 0;

  constructor(private readonly onFault: (message: string, error: unknown) => void) {}

  get size(): number {
    return this.count;
  }

  /** Events with a revision <= `passed` are not delivered. */
  add(prefix: string, passed: Revision, sink: WatchSink): StoreWatch {
    const watcher = new Watcher(prefix, sink, passed, this.leave);
    const group = prefix.includes('/') ? groupOf(prefix) : '';
    const prefixes = this.byGroup.get(group) ?? new Map<string, Set<Watcher>>();
    this.byGroup.set(group, prefixes);
    const watchers = prefixes.get(prefix) ?? new Set<Watcher>();
    prefixes.set(prefix, watchers);
    watchers.add(watcher);
    this.count++;
    return watcher;
  }

  /** In revision order. Sinks may cancel or add watches meanwhile. */
  publish(batch: readonly StoreEvent[]): void {
    if (this.count === 0) return;
    const groups = new Set(batch.map((event) => groupOf(event.object.key)));
    for (const group of [...groups, '']) {
      const prefixes = this.byGroup.get(group);
      if (prefixes === undefined) continue;
      for (const [prefix, watchers] of prefixes) {
        const matching = batch.filter((event) => event.object.key.startsWith(prefix));
        if (matching.length > 0) for (const watcher of watchers) this.deliver(watcher, matching);
      }
    }
  }

  closeAll(error?: StoreError): void {
    for (const prefixes of this.byGroup.values()) {
      for (const watchers of prefixes.values()) {
        for (const watcher of watchers) if (this.remove(watcher)) this.closeSink(watcher, error);
      }
    }
  }

  /** One function for all watches: an awake sandbox has one watch for each of its resources. */
  private readonly leave = (watcher: Watcher): void => {
    if (this.remove(watcher)) this.closeSink(watcher);
  };

  private deliver(watcher: Watcher, matching: readonly StoreEvent[]): void {
    const last = matching[matching.length - 1]!.object.revision;
    if (!watcher.open || last <= watcher.passed) return;
    const { passed } = watcher;
    const first = matching[0]!.object.revision;
    watcher.passed = last;
    try {
      watcher.sink.events(first > passed ? matching : matching.filter((event) => event.object.revision > passed));
    } catch (error) {
      // A broken sink must not keep others from their events, nor writers from their answer.
      this.onFault(`a watch of ${watcher.prefix} failed and was ended`, error);
      if (this.remove(watcher)) this.closeSink(watcher);
    }
  }

  private remove(watcher: Watcher): boolean {
    if (!watcher.open) return false;
    watcher.open = false;
    this.count--;
    const group = watcher.prefix.includes('/') ? groupOf(watcher.prefix) : '';
    const prefixes = this.byGroup.get(group)!;
    const watchers = prefixes.get(watcher.prefix)!;
    watchers.delete(watcher);
    if (watchers.size === 0) prefixes.delete(watcher.prefix);
    if (prefixes.size === 0) this.byGroup.delete(group);
    return true;
  }

  private closeSink(watcher: Watcher, error?: StoreError): void {
    try {
      watcher.sink.closed(error);
    } catch (fault) {
      this.onFault(`a watch of ${watcher.prefix} failed to close`, fault);
    }
  }
}
