import type { CycleResult, ScoredNode } from './cycle.js';
import type { Refusal } from './framework.js';
import type { QueuedPod } from './queue.js';

/** Why a pod went where it went, or nowhere: the facts of one attempt, for those who ask later. */
export interface Decision {
  readonly atMs: number;
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly outcome: 'scheduled' | 'unschedulable' | 'error';
  /** The node it was bound to. */
  readonly node?: string;
  /** What the user was told. */
  readonly message: string;
  readonly nodesEvaluated: number;
  readonly nodesFeasible: number;
  /** Reason → how many nodes gave it. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Some nodes with their reasons, at most `REFUSED_NODES_KEPT`. */
  readonly refusedNodes: readonly { readonly node: string; readonly reasons: readonly string[] }[];
  /** Which plugins scored, and the best nodes with their parts; empty when one node only was left. */
  readonly scoredBy: readonly string[];
  readonly best: readonly ScoredNode[];
}

export const REFUSED_NODES_KEPT = 16;

/** The last decisions of one scheduler, in a ring of fixed size. */
export class DecisionRing {
  private readonly ring: Decision[] = [];
  private next = 0;

  constructor(private readonly capacity: number) {}

  add(decision: Decision): void {
    this.ring[this.next] = decision;
    this.next = (this.next + 1) % this.capacity;
  }

  /** Newest first; of one pod when `uid` is given. */
  latest(uid?: string): Decision[] {
    const ordered = [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)].toReversed();
    return uid === undefined ? ordered : ordered.filter((decision) => decision.uid === uid);
  }
}

type Facts = Pick<Decision, 'refusals' | 'refusedNodes'>;

function factsOf(refused: ReadonlyMap<string, Refusal>): Facts {
  const counts = new Map<string, number>();
  const refusedNodes: { node: string; reasons: readonly string[] }[] = [];
  for (const [node, { reasons }] of refused) {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    if (refusedNodes.length < REFUSED_NODES_KEPT) refusedNodes.push({ node, reasons });
  }
  return { refusals: Object.fromEntries(counts), refusedNodes };
}

/** The record of an attempt; `result` is undefined when there was no node to try. */
export function decisionOf(
  atMs: number,
  { info, attempts }: QueuedPod,
  result: CycleResult | undefined,
  told: Pick<Decision, 'outcome' | 'message'>,
): Decision {
  const placed = result?.kind === 'placed' ? result : undefined;
  const refused = placed?.refused ?? (result?.kind === 'misfit' ? result.misfit.refused : new Map<string, Refusal>());
  return {
    atMs,
    namespace: info.namespace,
    pod: info.name,
    uid: info.uid,
    attempt: attempts,
    ...told,
    ...(placed ? { node: placed.node.name } : {}),
    nodesEvaluated: placed?.evaluated ?? refused.size,
    nodesFeasible: placed?.feasible ?? 0,
    ...factsOf(refused),
    scoredBy: placed?.scoredBy ?? [],
    best: placed?.best ?? [],
  };
}
