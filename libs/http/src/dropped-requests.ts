/** Seconds. As upstream's maxRetryAfter. */
const RETRY_AFTER_MAX = 32;
/** Levels whose refusals are counted apart; those of any more share one count. */
const LEVELS_MAX = 64;

interface Level {
  retryAfter: number;
  raisedAt: number;
  /** Refusals by second, oldest first; none older than RETRY_AFTER_MAX. */
  history: { second: number; count: number }[];
}

/**
 * For how long to send clients away: twice as long when many were refused in that time, a second less when few were.
 * Models droppedRequestsTracker of apiserver/pkg/util/flowcontrol (1.36).
 */
export class DroppedRequests {
  private readonly levels = new Map<string, Level>();

  /** One more was refused at that level: the Retry-After of the answer. */
  record(levelName: string, second: number): number {
    const level = this.levelOf(levelName);
    const last = level.history.at(-1);
    if (last?.second === second) {
      last.count++;
      return level.retryAfter;
    }
    adjust(level, second);
    level.history = level.history.filter((one) => second - one.second <= RETRY_AFTER_MAX);
    level.history.push({ second, count: 1 });
    return level.retryAfter;
  }

  private levelOf(name: string): Level {
    const key = this.levels.has(name) || this.levels.size < LEVELS_MAX ? name : '';
    let level = this.levels.get(key);
    if (!level) this.levels.set(key, (level = { retryAfter: 1, raisedAt: -Infinity, history: [] }));
    return level;
  }
}

function adjust(level: Level, second: number): void {
  const { retryAfter, raisedAt, history } = level;
  const recent = history.filter((one) => second - one.second <= retryAfter);
  const dropped = recent.reduce((sum, { count }) => sum + count, 0);
  if (second - raisedAt >= retryAfter && dropped >= 3 * retryAfter) {
    level.retryAfter = Math.min(RETRY_AFTER_MAX, retryAfter * 2);
    level.raisedAt = second;
  } else if (dropped < retryAfter && retryAfter > 1) level.retryAfter--;
}
