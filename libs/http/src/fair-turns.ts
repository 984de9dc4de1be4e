import type { SandboxId } from '#base';

/** Requests that start before the process looks at its sockets again: with the usual read, well below a millisecond. */
const STARTS_PER_TURN = 8;

/**
 * In which order requests start. Whatever a request needs is mostly in memory, so one that starts is soon done, and what a
 * tenant sends at once would run before anything that came a moment later. Here each sandbox waits in a line of its own; the
 * lines take turns, and after a few starts the process looks at its sockets again, so that a newcomer waits for a few requests of
 * others, not for all of them.
 *
 * No place is held while a request waits for something: a slow body or a webhook that calls back stops nobody.
 */
export class FairTurns {
  /** In the order of their turns; no line is empty. */
  private readonly lines = new Map<SandboxId, (() => void)[]>();
  private started = 0;
  private armed = false;

  /** undefined: start now. */
  turnOf(sandbox: SandboxId): Promise<void> | undefined {
    this.arm();
    if (this.lines.size === 0 && this.started < STARTS_PER_TURN) {
      this.started++;
      return undefined;
    }
    return new Promise((start) => {
      const line = this.lines.get(sandbox);
      if (line) line.push(start);
      else this.lines.set(sandbox, [start]);
    });
  }

  private arm(): void {
    if (this.armed) return;
    this.armed = true;
    setImmediate(() => this.next());
  }

  private next(): void {
    this.armed = false;
    this.started = 0;
    if (this.lines.size === 0) return;
    this.arm();
    // One immediate each: what has started goes on as far as it can before the next one does.
    while (this.started < STARTS_PER_TURN && this.lines.size > 0) {
      this.started++;
      setImmediate(this.take());
    }
  }

  private take(): () => void {
    const [sandbox, line] = this.lines.entries().next().value!;
    const start = line.shift()!;
    this.lines.delete(sandbox);
    if (line.length > 0) this.lines.set(sandbox, line);
    return start;
  }
}
