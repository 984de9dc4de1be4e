import type { Refusal } from './framework.js';

export const NO_NODES_MESSAGE = 'no nodes available to schedule pods';

/** Everything known of an attempt that found no node. */
export interface Misfit {
  readonly nodeCount: number;
  /** A refusal of the whole pod, before any node was looked at. */
  readonly preFilter?: Refusal;
  /** Node name → refusal, for the nodes that were looked at. */
  readonly refused: ReadonlyMap<string, Refusal>;
  /** Said of nodes that are not in `refused`, because a plugin ruled them out unseen. */
  readonly unseen?: Refusal;
  /** Names of the plugins that refused. */
  readonly plugins: ReadonlySet<string>;
}

/** '1 node(s) had untolerated taint(s), 2 Insufficient cpu': each reason with its count, sorted as text. */
export function histogram(refused: Iterable<Refusal>, unseen?: { refusal: Refusal; count: number }): string {
  const counts = new Map<string, number>();
  const add = (reason: string, count: number) => counts.set(reason, (counts.get(reason) ?? 0) + count);
  for (const refusal of refused) for (const reason of refusal.reasons) add(reason, 1);
  if (unseen && unseen.count > 0) for (const reason of unseen.refusal.reasons) add(reason, unseen.count);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(', ');
}

/**
 * '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. preemption: 0/3 nodes are …'.
 * Models framework.FitError.Error (1.36).
 */
export function fitMessage(misfit: Misfit, postFilter: string): string {
  const { nodeCount, preFilter, refused, unseen } = misfit;
  let message = `0/${nodeCount} nodes are available:`;
  if (preFilter) message += ` ${preFilter.reasons.join(', ')}.`;
  else {
    const rest = unseen ? { refusal: unseen, count: nodeCount - refused.size } : undefined;
    const reasons = histogram(refused.values(), rest);
    if (reasons !== '') message += ` ${reasons}.`;
  }
  return postFilter === '' ? message : `${message} ${postFilter}`;
}
