import type { Clock } from '#base';
import type { KubeObject } from '#apimachinery';
import type { Kind } from '#kinds';
import type { Found, FoundList, RequestContext, ServedCluster, WorkGate } from '#registry';
import type { Budget } from './budget.js';
import type { Loaders } from './loaders.js';

/** What resolvers share during one operation. */
export interface Operation {
  readonly budget: Budget;
  readonly clock: Clock;
  /** Mutations below one root field run one after another, in document order: each waits for this, then replaces it. */
  mutationTail: Promise<unknown>;
}

/** One cluster as one user sees it; an operation has several when it looks from the host into sandboxes. */
export interface Scope {
  readonly cluster: ServedCluster;
  readonly request: RequestContext;
  readonly operation: Operation;
  readonly loaders: Loaders;
}

/** The context value of an execution. */
export interface OperationContext {
  readonly scope: Scope;
  /** Warnings of admission and decoding; sent as `extensions.warnings`. */
  readonly warnings: string[];
  /** Of the socket that it came over. Absent: it came by a request, which has its place already. */
  readonly gate?: WorkGate;
}

/** The source of a kind's type. The text is parsed only when a field of it is selected. */
export class Item {
  constructor(
    readonly scope: Scope,
    readonly kind: Kind,
    readonly found: Found,
  ) {}

  object(): KubeObject {
    return this.found.object();
  }
}

/** The source of a list's type. */
export interface PageSource {
  readonly scope: Scope;
  readonly kind: Kind;
  readonly list: FoundList;
}

/** Parents of the types of groups are scopes; of the root types nothing, and the scope is the context's. */
export function scopeOf(source: unknown, context: OperationContext): Scope {
  return (source as Scope | undefined) ?? context.scope;
}
