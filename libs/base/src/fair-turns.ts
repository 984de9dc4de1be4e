import type { Clock } from './clock.js';

/** Pieces of work of one go, whatever time they take. */
const PIECES_MAX = 32;
/** For so long one go takes the process, a piece at least; then it looks at its sockets again. */
const GO_MS_MAX = 2;
/** The same while all work is one key's: nobody is kept waiting, and fewer, larger goes are cheaper. */
const SOLE_GO_MS_MAX = 8;
/** For so long after work of two keys met there are two. */
const SHARED_MS = 500;
/** Of those who have not had a piece since the last go, so many need not wait for the next: they add to its time. */
const NEWCOMERS_MAX = 4;

/** What waits for one key: what ends something goes before what begins something. */
interface Line {
  readonly ends: (() => void)[];
  readonly begins: (() => void)[];
}

/**
 * In which order pieces of work are done: starts of requests, answers of commits. Whatever a piece needs is mostly in
 * memory, so one that begins is soon done, and what a tenant has at once would run before anything that comes a moment
 * later. Here each key (a sandbox) waits in a line of its own; the lines take turns, and after a few milliseconds the
 * process looks at its sockets again. Who comes while others wait, and has had nothing yet, goes before them: there is one
 * piece of everybody between two of the same.
 *
 *   line a   a1 a2 a3 a4 …          │ go     │ sockets   │ go     │ sockets │
 *   line b           b1 b2          │ a1 a2  │ b1 (came) │ a3 b2  │         │ a4 …
 *
 * No place is held while a piece waits for something: a slow body or a webhook that calls back stops nobody.
 */
export class FairTurns<Key> {
  /** In the order of their turns; no line is empty. */
  private readonly lines = new Map<Key, Line>();
  private waiting = 0;
  /** Who began something at once since the last go. */
  private readonly newcomers = new Set<Key>();
  private latest: Key | undefined;
  private sharedUntilMs = -Infinity;
  private endMs = 0;
  private armed = false;

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  /** For what begins something. undefined: now. */
  turnOf(key: Key): Promise<void> | undefined {
    if (this.mayBegin(key)) return undefined;
    return new Promise((begin) => this.lineOf(key).begins.push(begin));
  }

  /** For what ends something; it must not throw. It is done before this returns when the key has had nothing else. */
  run(key: Key, work: () => void): void {
    if (this.mayBegin(key)) work();
    else this.lineOf(key).ends.push(work);
  }

  /** More of this key's is about to begin. */
  hasMore(key: Key): boolean {
    return (this.lines.get(key)?.begins.length ?? 0) > 0;
  }

  private mayBegin(key: Key): boolean {
    this.arm();
    if (key !== this.latest) {
      if (this.latest !== undefined) this.sharedUntilMs = this.clock.monotonicMs() + SHARED_MS;
      this.latest = key;
    }
    if (this.newcomers.size >= NEWCOMERS_MAX || this.newcomers.has(key) || this.lines.has(key)) return false;
    this.newcomers.add(key);
    return true;
  }

  private lineOf(key: Key): Line {
    this.waiting++;
    let line = this.lines.get(key);
    if (!line) this.lines.set(key, (line = { ends: [], begins: [] }));
    return line;
  }

  private arm(): void {
    if (this.armed) return;
    this.armed = true;
    setImmediate(this.go);
  }

  private readonly go = () => {
    this.armed = false;
    this.newcomers.clear();
    if (this.waiting === 0) return;
    this.arm();
    const nowMs = this.clock.monotonicMs();
    this.endMs = nowMs + (nowMs < this.sharedUntilMs ? GO_MS_MAX : SOLE_GO_MS_MAX);
    // One immediate each: what has begun goes on as far as it can before the next one does. They come right after the next
    // go has looked at the time.
    for (let i = Math.min(PIECES_MAX, this.waiting); i > 1; i--) setImmediate(this.next);
    this.take();
  };

  private readonly next = () => {
    if (this.waiting > 0 && this.clock.monotonicMs() < this.endMs) this.take();
  };

  private take(): void {
    const [key, line] = this.lines.entries().next().value!;
    const work = line.ends.shift() ?? line.begins.shift()!;
    this.waiting--;
    this.lines.delete(key);
    if (line.ends.length + line.begins.length > 0) this.lines.set(key, line);
    work();
  }
}
