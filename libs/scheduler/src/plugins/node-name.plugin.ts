import type { Refusal, SchedulerPlugin } from '../framework.js';

const OTHER_NODE: Refusal = {
  code: 'UnschedulableAndUnresolvable',
  reasons: ["node(s) didn't match the requested node name"],
};

/** Honours spec.nodeName. Models NodeName (1.36). */
export const nodeName = {
  name: 'NodeName',
  filter(_cycle, pod, node) {
    const asked = pod.pod.spec?.nodeName;
    return !asked || asked === node.name ? undefined : OTHER_NODE;
  },
  hints: [{ on: 'NodeAdded' }],
} satisfies SchedulerPlugin;
