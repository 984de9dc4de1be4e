import type { ClusterApi } from '#client';
import type { ClusterEvent } from './cluster-event.js';
import type { NodeInfo } from './node-info.js';
import type { PodInfo } from './pod-info.js';

/** The highest score a plugin gives after normalizing. Models kube-scheduler framework.MaxNodeScore (1.36). */
export const NODE_SCORE_MAX = 100;

/**
 * Why a plugin refused. `Unschedulable`: evicting pods might help. `UnschedulableAndUnresolvable`: nothing on that node
 * would. Plugins keep their refusals as constants where they can: one is made per node and pod otherwise.
 */
export interface Refusal {
  readonly code: 'Unschedulable' | 'UnschedulableAndUnresolvable';
  /** Sentences as users read them, without counts: 'Insufficient cpu'. */
  readonly reasons: readonly string[];
}

/** What one scheduling attempt knows; plugins keep what they prepared under their own name. */
export interface Cycle {
  readonly prepared: Map<string, unknown>;
}

/** `skip`: the plugin has nothing to say of this pod, so its per-node step is not called in this cycle. */
export type Prepared = 'skip' | undefined;

export type PreFilterResult =
  | Prepared
  /** Only these nodes can be right; the others are not looked at. */
  | { readonly onlyNodes: ReadonlySet<string> }
  | { readonly refusal: Refusal };

/** What a plugin may do beyond looking: ask for the nodes, or write to the cluster. */
export interface FrameworkHandle {
  readonly api: ClusterApi;
  nodes(): readonly NodeInfo[];
  /** How many nodes report that image. */
  imageHolders(image: string): number;
  /** Pods that wait for this node and that `pod` must leave room for. */
  rivals(pod: PodInfo, nodeName: string): readonly PodInfo[];
  /** Whether any placed pod has a lower priority. */
  hasLesser(priority: number): boolean;
  /** The refusal of `pod` by the filters, were the node to look like `node`; undefined when it fits. */
  wouldRefuse(pod: PodInfo, node: NodeInfo): Refusal | undefined;
  /** Starts evicting `victims` for the sake of `preemptor`; the room is there when they are gone. */
  preempt(preemptor: PodInfo, victims: readonly PodInfo[], nodeName: string): void;
}

export interface PostFilterResult {
  /** Text added to the message of the failure; '' for none. */
  readonly message: string;
  /** The node that is being cleared for the pod. */
  readonly nominatedNode?: string;
}

/** Says which cluster events may turn this plugin's refusal into consent. Models the queueing hints (KEP-4247). */
export interface QueueingHint {
  readonly on: ClusterEvent['type'];
  /** Absent: every such event. */
  helps?(pod: PodInfo, event: ClusterEvent): boolean;
}

/**
 * One scheduling rule: an object literal in its own file and a row in plugins.ts. All steps but `preBind` and `bind` are
 * synchronous, so that one cycle sees one state of the cluster. Models the scheduling framework (1.36); `permit` is left
 * out: no plugin here waits.
 */
export interface SchedulerPlugin {
  readonly name: string;
  /** Whether the pod may wait for a node at all; a sentence when not. */
  preEnqueue?(pod: PodInfo): string | undefined;
  /** Order of the active queue; exactly one plugin has it. */
  queueSort?(a: PodInfo, b: PodInfo): number;
  preFilter?(cycle: Cycle, pod: PodInfo, handle: FrameworkHandle): PreFilterResult;
  filter?(cycle: Cycle, pod: PodInfo, node: NodeInfo): Refusal | undefined;
  /** Called when no node passed; the first plugin that nominates a node ends the step. */
  postFilter?(
    cycle: Cycle,
    pod: PodInfo,
    refused: ReadonlyMap<string, Refusal>,
    handle: FrameworkHandle,
  ): PostFilterResult;
  preScore?(cycle: Cycle, pod: PodInfo, nodes: readonly NodeInfo[], handle: FrameworkHandle): Prepared;
  /** Any number; `normalize` brings it into 0…100. */
  score?(cycle: Cycle, pod: PodInfo, node: NodeInfo): number;
  normalize?(scores: number[]): void;
  reserve?(cycle: Cycle, pod: PodInfo, node: NodeInfo): Refusal | undefined;
  unreserve?(cycle: Cycle, pod: PodInfo, node: NodeInfo): void;
  preBind?(cycle: Cycle, pod: PodInfo, nodeName: string, handle: FrameworkHandle): Promise<void>;
  bind?(pod: PodInfo, nodeName: string, handle: FrameworkHandle): Promise<void>;
  readonly hints?: readonly QueueingHint[];
}

/** A plugin with the factor of its score. */
export interface PluginRow {
  readonly plugin: SchedulerPlugin;
  readonly weight: number;
}

/**
 * Scales so that the highest is 100; reversed, so that the lowest is best.
 * Models helper.DefaultNormalizeScore (1.36): integer division, and an all-zero list reversed is all 100.
 */
export function normalizeToMax(scores: number[], reverse: boolean): void {
  let max = 0;
  for (const score of scores) if (score > max) max = score;
  for (let i = 0; i < scores.length; i++) {
    const scaled = max === 0 ? 0 : Math.floor((scores[i]! * NODE_SCORE_MAX) / max);
    scores[i] = reverse ? NODE_SCORE_MAX - scaled : scaled;
  }
}
