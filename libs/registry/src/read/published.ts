import { LRUCache } from 'lru-cache';
import type { Revision, SandboxId } from '#base';
import type { StoredObject } from '#storage';

/** Sandboxes whose progress is known; of others a bookmark just says less. */
const SANDBOXES_MAX = 10_000;

/** A place in one sandbox's stream of acknowledged commits. `commits` only grows. */
interface Progress {
  readonly commits: number;
  readonly newest: Revision;
}

/**
 * How far each sandbox's watches are known to have come: a commit is acknowledged only after its events were given to
 * them, in order. It is what bookmarks of quiet watches may say. Only commits after a watch began speak for it: before,
 * there may have been another sandbox of the same name.
 */
export class Published {
  private readonly progress = new LRUCache<SandboxId, Progress>({ max: SANDBOXES_MAX });

  /** To be given to `since` later. */
  commits(sandbox: SandboxId): number {
    return this.progress.get(sandbox)?.commits ?? 0;
  }

  /** The revision of a commit after that point; undefined: there was none. */
  since(sandbox: SandboxId, commits: number): Revision | undefined {
    const now = this.progress.get(sandbox);
    return now && now.commits > commits ? now.newest : undefined;
  }

  /** After a commit of this process was acknowledged. */
  note(sandbox: SandboxId, written: readonly StoredObject[]): void {
    const last = written[written.length - 1];
    if (last) this.progress.set(sandbox, { commits: this.commits(sandbox) + 1, newest: last.revision });
  }
}
