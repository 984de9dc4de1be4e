import type { KubeObject } from '#apimachinery';
import type { Kind } from '#kinds';
import type { RequestContext } from '../request.js';
import { groupResourceOf } from '../subject.js';

/** A claim held while its object is being written: from then on the stored object itself is the claim. */
export interface Claim {
  release(): void;
}

/** Gives an object what only the cluster as a whole can give (addresses, ports), or refuses what is taken. */
export interface Allocator {
  /** Completes `object`. `old`: what it replaces. */
  claim(ctx: RequestContext, object: KubeObject, old: KubeObject | undefined): Promise<Claim | undefined>;
}

/** The allocators by resource; kinds without one pass. */
export class Allocations {
  constructor(private readonly byResource: ReadonlyMap<string, Allocator>) {}

  async forCreate(ctx: RequestContext, kind: Kind, object: KubeObject, dryRun: boolean): Promise<Claim | undefined> {
    return this.forUpdate(ctx, kind, object, undefined, dryRun);
  }

  async forUpdate(
    ctx: RequestContext,
    kind: Kind,
    object: KubeObject,
    old: KubeObject | undefined,
    dryRun: boolean,
  ): Promise<Claim | undefined> {
    if (this.byResource.size === 0) return undefined;
    const claim = await this.byResource.get(groupResourceOf(kind))?.claim(ctx, object, old);
    if (!dryRun) return claim;
    claim?.release();
    return undefined;
  }
}
