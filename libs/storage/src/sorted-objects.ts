import { compareKeys } from './key-order.js';
import type { StoredObject } from './store.js';

/** A chunk is split beyond this: an insert moves at most so many pointers, a count adds up few chunks. */
const CHUNK_LENGTH_MAX = 512;

/** Where a key is or would be. */
interface Position {
  readonly chunk: number;
  readonly index: number;
}

/**
 * Objects in key order: insert and delete in O(log n + chunk), pages without sorting. Chunks are never empty.
 *
 *   chunks: [ a b c ] [ f g ] [ k ]      position of 'd' = { chunk: 1, index: 0 }
 */
export class SortedObjects {
  private chunks: StoredObject[][] = [];
  private length = 0;

  get size(): number {
    return this.length;
  }

  /** Independent of the original; chunks are copied, objects shared. */
  copy(): SortedObjects {
    const copied = new SortedObjects();
    copied.chunks = this.chunks.map((chunk) => chunk.slice());
    copied.length = this.length;
    return copied;
  }

  put(object: StoredObject): void {
    const { chunk: at, index } = this.lowerBound(object.key);
    const chunk = this.chunks[at];
    if (chunk?.[index]?.key === object.key) {
      chunk[index] = object;
      return;
    }
    this.length++;
    // A key beyond a chunk's end belongs to the chunk before, so that appends fill chunks.
    if (index === 0 && at > 0) return this.insert(at - 1, this.chunks[at - 1]!.length, object);
    if (chunk === undefined) this.chunks.push([object]);
    else this.insert(at, index, object);
  }

  delete(key: string): void {
    const { chunk: at, index } = this.lowerBound(key);
    const chunk = this.chunks[at];
    if (chunk?.[index]?.key !== key) return;
    this.length--;
    if (chunk.length === 1) this.chunks.splice(at, 1);
    else chunk.splice(index, 1);
  }

  /** Objects with `from` <= key < `to` (`from` exclusive when asked), in order, until `visit` says false. */
  scan(from: string, to: string, exclusive: boolean, visit: (object: StoredObject) => boolean): void {
    const start = this.lowerBound(from);
    for (let at = start.chunk, index = start.index; at < this.chunks.length; at++, index = 0) {
      const chunk = this.chunks[at]!;
      for (; index < chunk.length; index++) {
        const object = chunk[index]!;
        if (exclusive && object.key === from) continue;
        if (compareKeys(object.key, to) >= 0 || !visit(object)) return;
      }
    }
  }

  /** How many keys k have `after` < k < `to`. */
  countBetween(after: string, to: string): number {
    const start = this.lowerBound(after);
    const found = this.chunks[start.chunk]?.[start.index]?.key === after;
    return Math.max(0, this.rank(this.lowerBound(to)) - this.rank(start) - (found ? 1 : 0));
  }

  private insert(at: number, index: number, object: StoredObject): void {
    const chunk = this.chunks[at]!;
    chunk.splice(index, 0, object);
    if (chunk.length > CHUNK_LENGTH_MAX) {
      // Keys mostly arrive in order: a split that leaves the left part nearly full wastes least.
      const cut = index === chunk.length - 1 ? index : chunk.length >> 1;
      this.chunks.splice(at + 1, 0, chunk.splice(cut));
    }
  }

  private rank(position: Position): number {
    let count = position.index;
    for (let at = 0; at < position.chunk; at++) count += this.chunks[at]!.length;
    return count;
  }

  private lowerBound(key: string): Position {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const chunk = this.chunks[middle]!;
      if (compareKeys(chunk[chunk.length - 1]!.key, key) < 0) low = middle + 1;
      else high = middle;
    }
    const chunk = this.chunks[low];
    return { chunk: low, index: chunk === undefined ? 0 : lowerBoundIn(chunk, key) };
  }
}

function lowerBoundIn(chunk: readonly StoredObject[], key: string): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(chunk[middle]!.key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
