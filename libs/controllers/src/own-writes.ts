import type { KubeObject } from '#apimachinery';
import type { Informer } from '#client';

/**
 * What a controller wrote and its cache has not shown yet. Deciding again on a cache that lacks one's own writes would
 * make pods twice, so a reconcile first asks `seen`. Upstream counts expected creations instead and gives up on the count
 * after five minutes; revisions say it exactly.
 */
export class OwnWrites {
  private readonly newest = new Map<string, number>();

  constructor(private readonly informer: Pick<Informer<KubeObject>, 'revision'>) {}

  /** `written` is what the API gave back for a write on behalf of `key`. */
  note(key: string, written: KubeObject): void {
    const revision = Number(written.metadata.resourceVersion);
    if (revision > this.informer.revision()) this.newest.set(key, Math.max(revision, this.newest.get(key) ?? 0));
  }

  /** Whether the cache holds all that was noted for `key`. When not, the change on its way brings the key back. */
  seen(key: string): boolean {
    const revision = this.newest.get(key);
    if (revision === undefined) return true;
    if (this.informer.revision() < revision) return false;
    this.newest.delete(key);
    return true;
  }

  forget(key: string): void {
    this.newest.delete(key);
  }
}
