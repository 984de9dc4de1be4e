import type { Clock } from './clock.js';
import { invariant } from './invariant.js';

/** One hop of a request: what was done, by whom, how long, and what came of it. Attributes hold no secrets and no bodies. */
export interface Span {
  readonly name: string;
  readonly startMs: number;
  endMs: number;
  attributes: Record<string, string | number | boolean>;
}

/** The way of one request through the server. Holds at most `SPANS_PER_TRACE_MAX` spans; later ones are counted only. */
export class Trace {
  static readonly SPANS_PER_TRACE_MAX = 64;
  readonly spans: Span[] = [];
  droppedSpans = 0;

  constructor(
    readonly id: string,
    readonly name: string,
    private readonly clock: Clock,
  ) {}

  /** Starts a span; call the result with the closing attributes when it is over. */
  start(name: string, attributes: Span['attributes'] = {}): (more?: Span['attributes']) => void {
    const now = this.clock.monotonicMs();
    if (this.spans.length === Trace.SPANS_PER_TRACE_MAX) {
      this.droppedSpans++;
      return () => {};
    }
    const span: Span = { name, startMs: now, endMs: now, attributes };
    this.spans.push(span);
    return (more) => {
      span.endMs = this.clock.monotonicMs();
      if (more) Object.assign(span.attributes, more);
    };
  }
}

/** The last traces of one sandbox, newest kept: a ring of fixed size. */
export class TraceRing {
  private readonly ring: (Trace | undefined)[];
  private next = 0;

  constructor(readonly capacity: number) {
    invariant(capacity > 0, `a ring holds at least one trace, not ${capacity}`);
    this.ring = new Array<Trace | undefined>(capacity);
  }

  add(trace: Trace): void {
    this.ring[this.next] = trace;
    this.next = (this.next + 1) % this.capacity;
  }

  /** Newest first. */
  latest(): Trace[] {
    const ordered: Trace[] = [];
    for (let back = 1; back <= this.capacity; back++) {
      const trace = this.ring[(this.next - back + this.capacity) % this.capacity];
      if (trace) ordered.push(trace);
    }
    return ordered;
  }
}
