import type { Revision } from '#base';

/**
 * Values being handed out in one sandbox. A list of what is taken may be older than a claim that was just written:
 * so a claim counts until a list at its revision or later shows the object that holds it.
 *
 *   list at 7 ── claim X ── commit at 8 ──────── list at 9: X is among the taken
 *        └── another, still deciding by the list at 7: X is free there, but claimed until 8
 */
export class Claims {
  private readonly held = new Map<string, Revision | undefined>();

  /** Forgets what a list at `revision` shows. */
  seen(revision: Revision): void {
    for (const [value, written] of this.held) if (written !== undefined && written <= revision) this.held.delete(value);
  }

  has(value: string): boolean {
    return this.held.has(value);
  }

  hold(value: string): void {
    this.held.set(value, undefined);
  }

  release(values: readonly string[], written: Revision | undefined): void {
    for (const value of values) {
      if (written === undefined) this.held.delete(value);
      else this.held.set(value, written);
    }
  }
}
