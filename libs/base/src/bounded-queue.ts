/** First in, first out, with a limit: `push` says false when full, and the caller decides what that means. */
export class BoundedQueue<T> {
  private items: T[] = [];
  private headIndex = 0;

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.items.length - this.headIndex;
  }

  push(item: T): boolean {
    if (this.size >= this.limit) return false;
    this.items.push(item);
    return true;
  }

  shift(): T | undefined {
    if (this.headIndex === this.items.length) return undefined;
    const item = this.items[this.headIndex]!;
    this.items[this.headIndex++] = undefined as T;
    // Give memory back in halves, so that shifting stays constant time on average.
    if (this.headIndex > 64 && this.headIndex * 2 > this.items.length) {
      this.items = this.items.slice(this.headIndex);
      this.headIndex = 0;
    }
    return item;
  }

  clear(): void {
    this.items = [];
    this.headIndex = 0;
  }
}
