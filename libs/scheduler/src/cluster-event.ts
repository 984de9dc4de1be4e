import type { Node, Pod } from '#kinds';

/**
 * What happened in the cluster that may let a waiting pod fit. `PodFreed` covers deletion and completion of an assigned
 * pod; `OwnUpdate` a change of the waiting pod itself.
 */
export type ClusterEvent =
  | { readonly type: 'NodeAdded'; readonly node: Node }
  | { readonly type: 'NodeChanged'; readonly node: Node; readonly old: Node; readonly changed: ReadonlySet<NodeAspect> }
  | { readonly type: 'PodFreed'; readonly pod: Pod }
  | { readonly type: 'OwnUpdate'; readonly pod: Pod };

/** The parts of a node that scheduling depends on; other changes (heartbeats, conditions) move nothing. */
export type NodeAspect = 'labels' | 'taints' | 'unschedulable' | 'allocatable';
