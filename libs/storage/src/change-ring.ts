import { revision, type Revision } from '#base';
import type { Change } from './change.js';

export interface RingLimits {
  readonly changesMax: number;
  /** Characters of text held, current and previous. */
  readonly charactersMax: number;
}

/**
 * The newest changes of a log, dense: the i-th holds revision `after` + 1 + i. Bounded in number and size; what falls
 * out is read from the database. Worked example, changesMax 3:
 *
 *   push 7, 8, 9      after = 6   [7 8 9]
 *   push 10           after = 7   [8 9 10]     since(7) → 8 9 10; since(6) → undefined
 */
export class ChangeRing {
  private changes: Change[] = [];
  private first = 0;
  private characters = 0;

  /** `after`: the revision before the first one that will be pushed. */
  constructor(
    private afterRevision: Revision,
    private readonly limits: RingLimits,
  ) {}

  /** Changes with a revision > this are here. */
  get after(): Revision {
    return this.afterRevision;
  }

  push(change: Change): void {
    this.changes.push(change);
    this.characters += sizeOf(change);
    while (this.length > this.limits.changesMax || this.characters > this.limits.charactersMax) {
      if (this.length <= 1) break;
      this.dropFirst();
    }
  }

  /** Changes with revision > `after`, oldest first; undefined when some of them are no longer here. */
  since(after: Revision): readonly Change[] | undefined {
    if (after < this.afterRevision) return undefined;
    return this.changes.slice(this.first + (after - this.afterRevision));
  }

  /** Forgets changes up to and with `upTo`. */
  trim(upTo: Revision): void {
    while (this.length > 0 && this.afterRevision < upTo) this.dropFirst();
    if (this.afterRevision < upTo) this.afterRevision = upTo;
  }

  private get length(): number {
    return this.changes.length - this.first;
  }

  private dropFirst(): void {
    this.characters -= sizeOf(this.changes[this.first]!);
    this.changes[this.first++] = undefined as unknown as Change;
    this.afterRevision = revision(this.afterRevision + 1);
    // Give memory back in halves, so that dropping stays constant time on average.
    if (this.first > 64 && this.first * 2 > this.changes.length) {
      this.changes = this.changes.slice(this.first);
      this.first = 0;
    }
  }
}

function sizeOf(change: Change): number {
  return change.event.object.text.length + (change.before?.text.length ?? 0);
}
