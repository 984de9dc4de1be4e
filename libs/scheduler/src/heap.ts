interface Slot<T> {
  readonly item: T;
  /** Insertion order: breaks ties, so that equal items leave in the order they came. */
  readonly order: number;
}

/** A binary heap with removal by key; `before` < 0 means: a leaves first. */
export class Heap<T> {
  private readonly slots: Slot<T>[] = [];
  private readonly indexByKey = new Map<string, number>();
  private pushed = 0;

  constructor(
    private readonly keyOf: (item: T) => string,
    private readonly before: (a: T, b: T) => number,
  ) {}

  get size(): number {
    return this.slots.length;
  }

  get(key: string): T | undefined {
    const index = this.indexByKey.get(key);
    return index === undefined ? undefined : this.slots[index]!.item;
  }

  peek(): T | undefined {
    return this.slots[0]?.item;
  }

  /** Takes the place of an item with the same key. */
  push(item: T): void {
    this.remove(this.keyOf(item));
    this.slots.push({ item, order: this.pushed++ });
    this.indexByKey.set(this.keyOf(item), this.slots.length - 1);
    this.up(this.slots.length - 1);
  }

  pop(): T | undefined {
    const first = this.slots[0];
    return first && this.remove(this.keyOf(first.item));
  }

  remove(key: string): T | undefined {
    const index = this.indexByKey.get(key);
    if (index === undefined) return undefined;
    const last = this.slots.length - 1;
    this.swap(index, last);
    const { item } = this.slots.pop()!;
    this.indexByKey.delete(key);
    if (index < last) {
      this.up(index);
      this.down(index);
    }
    return item;
  }

  private less(i: number, j: number): boolean {
    const a = this.slots[i]!;
    const b = this.slots[j]!;
    return (this.before(a.item, b.item) || a.order - b.order) < 0;
  }

  private swap(i: number, j: number): void {
    const a = this.slots[i]!;
    const b = this.slots[j]!;
    this.slots[i] = b;
    this.slots[j] = a;
    this.indexByKey.set(this.keyOf(b.item), i);
    this.indexByKey.set(this.keyOf(a.item), j);
  }

  private up(from: number): void {
    for (let i = from; i > 0;) {
      const parent = (i - 1) >> 1;
      if (!this.less(i, parent)) return;
      this.swap(i, parent);
      i = parent;
    }
  }

  private down(from: number): void {
    for (let i = from; ;) {
      const left = 2 * i + 1;
      let least = i;
      if (left < this.slots.length && this.less(left, least)) least = left;
      if (left + 1 < this.slots.length && this.less(left + 1, least)) least = left + 1;
      if (least === i) return;
      this.swap(i, least);
      i = least;
    }
  }
}
