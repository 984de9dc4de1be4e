import { compareKeys, endOfPrefix, groupOf } from './key-order.js';
import { SortedObjects } from './sorted-objects.js';
import type { StoredObject } from './store.js';

/** The objects of one group ('pods'): found by key, walked in order. */
class Bucket {
  constructor(
    readonly byKey = new Map<string, StoredObject>(),
    readonly sorted = new SortedObjects(),
  ) {}

  copy(): Bucket {
    return new Bucket(new Map(this.byKey), this.sorted.copy());
  }
}

/**
 * The live objects of one sandbox over an immutable base that many sandboxes share. A group is copied (pointers only)
 * when it is first written, so an untouched sandbox holds nothing of its own.
 */
export class LiveObjects {
  private readonly own = new Map<string, Bucket>();

  constructor(readonly base?: LiveObjects) {}

  get(key: string): StoredObject | undefined {
    return this.bucket(groupOf(key))?.byKey.get(key);
  }

  put(object: StoredObject): void {
    const bucket = this.ownBucket(groupOf(object.key));
    bucket.byKey.set(object.key, object);
    bucket.sorted.put(object);
  }

  delete(key: string): void {
    const bucket = this.ownBucket(groupOf(key));
    if (bucket.byKey.delete(key)) bucket.sorted.delete(key);
  }

  /** Objects under `prefix` with key > `after`, in order, until `visit` says false. '' is everything. */
  scan(prefix: string, after: string | undefined, visit: (object: StoredObject) => boolean): void {
    const exclusive = after !== undefined && compareKeys(after, prefix) >= 0;
    let going = true;
    for (const sorted of this.groupsUnder(prefix)) {
      sorted.scan(exclusive ? after : prefix, endOfPrefix(prefix), exclusive, (object) => (going = visit(object)));
      if (!going) return;
    }
  }

  /** How many objects under `prefix` have a key > `after`. */
  countAfter(prefix: string, after: string): number {
    let count = 0;
    for (const sorted of this.groupsUnder(prefix)) count += sorted.countBetween(after, endOfPrefix(prefix));
    return count;
  }

  private bucket(group: string): Bucket | undefined {
    return this.own.get(group) ?? this.base?.bucket(group);
  }

  private ownBucket(group: string): Bucket {
    let bucket = this.own.get(group);
    if (bucket === undefined) {
      bucket = this.base?.bucket(group)?.copy() ?? new Bucket();
      this.own.set(group, bucket);
    }
    return bucket;
  }

  /** Groups are ordered as their keys are: 'pods.metrics/' sorts before 'pods/'. */
  private groupsUnder(prefix: string): SortedObjects[] {
    if (prefix.includes('/')) {
      const bucket = this.bucket(groupOf(prefix));
      return bucket === undefined ? [] : [bucket.sorted];
    }
    const names = [...this.groupNames()].filter((name) => name.startsWith(prefix));
    names.sort((a, b) => compareKeys(`${a}/`, `${b}/`));
    return names.map((name) => this.bucket(name)!.sorted);
  }

  private groupNames(): Set<string> {
    const names = this.base?.groupNames() ?? new Set<string>();
    for (const name of this.own.keys()) names.add(name);
    return names;
  }
}
