import type { RequestContext } from './request.js';

/**
 * The limits of the process as those meet them whose work comes over a connection that lasts (GraphQL's sockets), so that
 * it waits and is refused as requests of their own would be. Failures are 429.
 */
export interface WorkGate {
  /** Resolves when its turn has come. Call the result once, when the work is done. */
  enter(ctx: RequestContext, mutating: boolean): Promise<() => void>;
  /** One more open watch. Call the result once, when it is closed. */
  watch(ctx: RequestContext): () => void;
}
