import type { SchedulerPlugin } from '../framework.js';

/** Holds a pod back until its gates are gone. Models SchedulingGates (1.36); the API server says so in the pod's conditions. */
export const schedulingGates = {
  name: 'SchedulingGates',
  preEnqueue(pod) {
    const gates = pod.pod.spec?.schedulingGates ?? [];
    if (gates.length === 0) return undefined;
    return `waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`;
  },
  hints: [{ on: 'OwnUpdate' }],
} satisfies SchedulerPlugin;
