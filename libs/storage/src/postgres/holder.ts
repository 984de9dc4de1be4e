import type { SandboxId, Timer } from '#base';
import type { Change } from '../change.js';
import type { DataKey } from '../crypto.js';
import { noSuchSandbox, type SandboxLog } from '../sandbox-log.js';
import type { SnapshotId, StoredObject, StoreError, Write } from '../store.js';

/** A commit on its way. It leaves the queue with its answer, or for a flight that may bring it back. */
export interface PendingCommit {
  /** Written with every event of it: a writer that lost the connection finds its own commit by it. */
  readonly id: number;
  readonly writes: readonly Write[];
  readonly characters: number;
  readonly deadlineMs: number;
  readonly resolve: (objects: readonly StoredObject[]) => void;
  readonly reject: (error: unknown) => void;
  /** Its changes, once the log has shown them. */
  found: StoredObject[] | undefined;
  /** The log was read after this came: a conflict is one. */
  checked: boolean;
  /** It went out in a statement of which nobody knows what became. */
  uncertain: boolean;
}

/** One awake sandbox in this process: its state, its queue of commits, and how long memory alone may answer. */
export class Holder {
  readonly queue: PendingCommit[] = [];
  /** Commits in the statement under way, by id: at most one statement per sandbox. */
  readonly flying = new Map<number, PendingCommit>();
  inFlight = false;
  /** When the last one came back, by the monotonic clock. */
  landedMs = -Infinity;
  /** Set while the next one waits for more commits. */
  filling: Timer | undefined;
  /** Set after a flush that PostgreSQL refused: only one commit per statement, to find which. */
  oneByOne = false;
  /** By the monotonic clock: until then no other process can have written. Set through `grantLease`. */
  leaseUntilMs = -Infinity;
  /** Counts what makes answers about the lease that are still on their way worthless. */
  leaseEpoch = 0;
  /** The lease is being renewed ahead of its end. */
  renewing = false;
  /** The lease is being given away. */
  sharing = false;
  /** Used since the last sweep. */
  touched = true;
  /** No longer in the store's table: whoever still has it must look again. */
  dropped = false;
  /** Calls that would be broken by eviction. */
  pins = 0;

  constructor(
    readonly id: SandboxId,
    readonly incarnation: number,
    readonly log: SandboxLog,
    readonly base: SnapshotId | undefined,
    public dataKey: DataKey | undefined,
  ) {}

  get isBusy(): boolean {
    return this.inFlight || this.pins > 0 || this.queue.length > 0 || this.log.hub.size > 0;
  }

  /** `epoch` is that of the moment before the lease was asked for. */
  grantLease(untilMs: number, epoch: number): void {
    if (epoch === this.leaseEpoch && !this.sharing) this.leaseUntilMs = Math.max(this.leaseUntilMs, untilMs);
  }

  /** Takes in what the log has after `head`, also what this process wrote without knowing. */
  catchUp(entries: readonly { readonly commitId: number; readonly change: Change }[]): void {
    for (const { commitId, change } of entries) {
      const mine = this.flying.get(commitId);
      if (mine === undefined) continue;
      const { object } = change.event;
      mine.found ??= [];
      if (!mine.found.some((known) => known.revision === object.revision)) mine.found.push(object);
    }
    this.log.apply(entries.map((entry) => entry.change));
  }

  /** The sandbox has gone. */
  end(): void {
    this.dropped = true;
    const gone = noSuchSandbox(this.id);
    this.log.hub.closeAll(gone);
    this.rejectQueue(gone);
  }

  rejectQueue(error: StoreError): void {
    for (const pending of this.queue.splice(0)) pending.reject(error);
  }

  /** Whether the base has `key`: then a delete must leave a tombstone. */
  isInBase(key: string): boolean {
    return this.log.live.base?.get(key) !== undefined;
  }
}
