import type { Clock } from '#base';
import { isReason } from '#apimachinery';
import type { ClusterApi } from '#client';
import { type Pod, podKind, type PodStatus } from '#kinds';
import { statusPatch } from './status-patch.js';

/** Writes of one pod within `WINDOW_MS`; beyond, someone undoes what is written, and it waits rather than race. */
const WRITES_MAX = 20;
const WINDOW_MS = 1_000;

const revisionOf = (pod: Pod) => Number(pod.metadata.resourceVersion ?? 0);

/**
 * Writes one pod's status: one write at a time, the newest wish wins, and nothing when the API shows it already.
 * Knows the pod as last read or written, whichever is newer.
 */
export class StatusWriter {
  private wish: PodStatus | undefined;
  private writing: Promise<void> | undefined;
  /** The pod is no more, or another has its name. */
  gone = false;
  private windowFromMs = 0;
  private writesInWindow = 0;

  constructor(
    private readonly api: ClusterApi,
    private readonly clock: Clock,
    private current: Pod,
    /** A write failed for a passing reason: ask again later. */
    private readonly failed: () => void,
  ) {}

  get pod(): Pod {
    return this.current;
  }

  seen(pod: Pod): void {
    if (revisionOf(pod) >= revisionOf(this.current)) this.current = pod;
  }

  /** Asks that the API show `status`. */
  report(status: PodStatus): void {
    this.wish = status;
    this.writing ??= this.write().finally(() => {
      this.writing = undefined;
    });
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    while (this.writing) await this.writing;
  }

  private tooMany(): boolean {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.windowFromMs >= WINDOW_MS) {
      this.windowFromMs = nowMs;
      this.writesInWindow = 0;
    }
    return ++this.writesInWindow > WRITES_MAX;
  }

  private async write(): Promise<void> {
    while (this.wish && !this.gone) {
      const patch = statusPatch(this.current, this.wish);
      this.wish = undefined;
      if (!patch) continue;
      if (this.tooMany()) return this.failed();
      const { namespace = '', name = '' } = this.current.metadata;
      try {
        this.seen(await this.api.patch(podKind, namespace, name, { type: 'strategic', patch }, 'status'));
      } catch (error) {
        if (isReason(error, 'NotFound') || isReason(error, 'Conflict')) this.gone = true;
        else this.failed();
      }
    }
  }
}
