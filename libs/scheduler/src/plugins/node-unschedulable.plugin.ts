import type { Refusal, SchedulerPlugin } from '../framework.js';
import { toleratesAny } from '../tolerations.js';

const CORDONED: Refusal = { code: 'UnschedulableAndUnresolvable', reasons: ['node(s) were unschedulable'] };
/** A cordoned node counts as having this taint, so that a toleration lets pods (of DaemonSets) pass. */
const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Keeps pods off cordoned nodes. Models NodeUnschedulable (1.36). */
export const nodeUnschedulable = {
  name: 'NodeUnschedulable',
  filter(_cycle, pod, node) {
    if (!node.node.spec?.unschedulable || toleratesAny(pod.pod.spec?.tolerations, TAINT)) return undefined;
    return CORDONED;
  },
  hints: [
    { on: 'NodeAdded', helps: (_pod, event) => event.type === 'NodeAdded' && !event.node.spec?.unschedulable },
    { on: 'NodeChanged', helps: (_pod, event) => event.type === 'NodeChanged' && event.changed.has('unschedulable') },
    { on: 'OwnUpdate' },
  ],
} satisfies SchedulerPlugin;
