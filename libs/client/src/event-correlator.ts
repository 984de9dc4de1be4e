import type { Clock } from '#base';
import type { CoreV1Event } from '#kinds';
import { RecentMap } from './recent-map.js';

/** Defaults of client-go's EventCorrelator. */
const CACHED_KEYS_MAX = 4096;
const SPAM_BURST = 25;
const SPAM_REFILL_PER_SECOND = 1 / 300;
const SIMILAR_MAX = 10;
const SIMILAR_WITHIN_SECONDS = 600;

interface Similar {
  readonly messages: Set<string>;
  lastMs: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** What to write: `create` the event, `count` it up on one that is there, or `drop` it as spam. */
export type Correlated =
  | { readonly action: 'create'; readonly event: CoreV1Event; readonly key: string }
  | { readonly action: 'count'; readonly event: CoreV1Event; readonly key: string }
  | { readonly action: 'drop' };

/**
 * Keeps a storm of events small, in three steps: many different messages for one reason become one "(combined from
 * similar events)"; the same message again is counted on the first event; and whoever still says more than 25 things about
 * one object is cut to one every five minutes. Bounded by `CACHED_KEYS_MAX` keys per step.
 * Models client-go tools/record EventCorrelator (1.36).
 */
export class EventCorrelator {
  private readonly similar = new RecentMap<Similar>(CACHED_KEYS_MAX);
  private readonly seen = new RecentMap<CoreV1Event>(CACHED_KEYS_MAX);
  private readonly buckets = new RecentMap<Bucket>(CACHED_KEYS_MAX);

  constructor(private readonly clock: Clock) {}

  correlate(fresh: CoreV1Event): Correlated {
    const { event, key } = this.combined(fresh);
    const last = this.seen.get(key);
    const observed: CoreV1Event = last
      ? {
          ...event,
          metadata: { ...event.metadata, name: last.metadata.name! },
          count: (last.count ?? 1) + 1,
          ...(last.firstTimestamp === undefined ? {} : { firstTimestamp: last.firstTimestamp }),
        }
      : event;
    this.seen.set(key, observed);
    if (!this.takeToken(aboutOf(fresh))) return { action: 'drop' };
    return { action: last ? 'count' : 'create', event: observed, key };
  }

  private combined(fresh: CoreV1Event): { event: CoreV1Event; key: string } {
    const groupKey = `${aboutOf(fresh)}|${fresh.type}|${fresh.reason}`;
    const nowMs = this.clock.nowMs();
    let group = this.similar.get(groupKey);
    if (!group || nowMs - group.lastMs > SIMILAR_WITHIN_SECONDS * 1000) {
      this.similar.set(groupKey, (group = { messages: new Set(), lastMs: nowMs }));
    }
    group.lastMs = nowMs;
    const message = fresh.message ?? '';
    group.messages.add(message);
    if (group.messages.size < SIMILAR_MAX) {
      return { event: fresh, key: `${groupKey}|${fresh.involvedObject.fieldPath ?? ''}|${message}` };
    }
    const [oldest] = group.messages;
    group.messages.delete(oldest!);
    return { event: { ...fresh, message: `(combined from similar events): ${message}` }, key: groupKey };
  }

  private takeToken(key: string): boolean {
    const nowMs = this.clock.nowMs();
    let bucket = this.buckets.get(key);
    if (!bucket) this.buckets.set(key, (bucket = { tokens: SPAM_BURST, atMs: nowMs }));
    const refilled = Math.max(0, nowMs - bucket.atMs) * (SPAM_REFILL_PER_SECOND / 1000);
    bucket.tokens = Math.min(SPAM_BURST, bucket.tokens + refilled);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}

function aboutOf({ source, involvedObject: about }: CoreV1Event): string {
  return [source?.component, source?.host, about.kind, about.namespace, about.name, about.uid, about.apiVersion].join(
    '|',
  );
}
