import type { PluginRow } from './framework.js';
import { defaultBinder } from './plugins/default-binder.plugin.js';
import { defaultPreemption } from './plugins/default-preemption.plugin.js';
import { imageLocality } from './plugins/image-locality.plugin.js';
import { nodeAffinity } from './plugins/node-affinity.plugin.js';
import { nodeName } from './plugins/node-name.plugin.js';
import { nodePorts } from './plugins/node-ports.plugin.js';
import { nodeResourcesBalancedAllocation } from './plugins/node-resources-balanced-allocation.plugin.js';
import { nodeResourcesFit } from './plugins/node-resources-fit.plugin.js';
import { nodeUnschedulable } from './plugins/node-unschedulable.plugin.js';
import { prioritySort } from './plugins/priority-sort.plugin.js';
import { schedulingGates } from './plugins/scheduling-gates.plugin.js';
import { taintToleration } from './plugins/taint-toleration.plugin.js';

/**
 * The plugins in the order of their steps, with the weights of their scores. The order decides which reason a user
 * reads when several apply to a node: the first that refuses. Models the default configuration (1.36); a new plugin
 * goes where upstream's list has it.
 */
export const plugins: readonly PluginRow[] = [
  { plugin: schedulingGates, weight: 0 },
  { plugin: prioritySort, weight: 0 },
  { plugin: nodeUnschedulable, weight: 0 },
  { plugin: nodeName, weight: 0 },
  { plugin: taintToleration, weight: 3 },
  { plugin: nodeAffinity, weight: 2 },
  { plugin: nodePorts, weight: 0 },
  { plugin: nodeResourcesFit, weight: 1 },
  { plugin: defaultPreemption, weight: 0 },
  { plugin: nodeResourcesBalancedAllocation, weight: 1 },
  { plugin: imageLocality, weight: 1 },
  { plugin: defaultBinder, weight: 0 },
];
