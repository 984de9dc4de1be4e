import type { SchedulerPlugin } from '../framework.js';

/** The more important pod first, then the one that came first. Models PrioritySort (1.36). */
export const prioritySort = {
  name: 'PrioritySort',
  queueSort: (a, b) => b.priority - a.priority || a.queuedAtMs - b.queuedAtMs,
} satisfies SchedulerPlugin;
