import type { Revision } from '#base';
import type { KubeObject } from '#apimachinery';
import type { Kind } from '#kinds';
import type { RequestContext } from '../request.js';
import { groupResourceOf } from '../subject.js';

/** Held while an object is being written: from its commit on the stored object itself is the claim. */
export interface Claim {
  /** `written`: the revision that holds it now; undefined: nothing was written. */
  release(written: Revision | undefined): void;
}

/** Gives an object what only the cluster as a whole can give (addresses, ports), or refuses what is taken. */
export interface Allocator {
  /** Completes `object`, whose nested parts may be shared with `old` (what it replaces). */
  claim(ctx: RequestContext, object: KubeObject, old: KubeObject | undefined): Promise<Claim | undefined>;
}

/** The allocators by resource; kinds without one pass. */
export class Allocations {
  constructor(private readonly byResource: ReadonlyMap<string, Allocator>) {}

  async claim(
    ctx: RequestContext,
    kind: Kind,
    object: KubeObject,
    old: KubeObject | undefined,
  ): Promise<Claim | undefined> {
    return this.byResource.get(groupResourceOf(kind))?.claim(ctx, object, old);
  }
}
