import type { Revision, SandboxId } from '#base';
import type { StoredObject } from '#storage';

/**
 * The newest revision of each sandbox that is known to have been given to all its watches: a commit is acknowledged
 * only after it was published, in order. It is what bookmarks of quiet watches may say.
 */
export class Published {
  private readonly newest = new Map<SandboxId, Revision>();

  of(sandbox: SandboxId): Revision | undefined {
    return this.newest.get(sandbox);
  }

  /** After a commit of this process was acknowledged. */
  note(sandbox: SandboxId, written: readonly StoredObject[]): void {
    const last = written[written.length - 1];
    if (last && last.revision > (this.newest.get(sandbox) ?? 0)) this.newest.set(sandbox, last.revision);
  }

  forget(sandbox: SandboxId): void {
    this.newest.delete(sandbox);
  }
}
