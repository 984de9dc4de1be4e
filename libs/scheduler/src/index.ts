/**
 * scheduler: assigns pods to nodes, as kube-scheduler does: a queue, a list of plugins, a binding.
 *
 * It sees the cluster only through `#client` and writes only bindings, evictions and the PodScheduled condition.
 * Deciding is synchronous: one attempt sees one state of the cluster. What it costs does not grow with the pods that
 * are placed. It knows no kubelet and no kind's storage.
 */
export { type Decision } from './decisions.js';
export { type Scheduler, type SchedulerContext, schedulerIdentity, startScheduler } from './scheduler.js';
