import type { Taint, Toleration } from '#kinds';
import { normalizeToMax, type Refusal, type SchedulerPlugin } from '../framework.js';
import { toleratesAny } from '../tolerations.js';

const UNTOLERATED: Refusal = {
  code: 'UnschedulableAndUnresolvable',
  reasons: ['node(s) had untolerated taint(s)'],
};

const repels = (taint: Taint) => taint.effect === 'NoSchedule' || taint.effect === 'NoExecute';

/** Keeps pods off tainted nodes they do not tolerate, and away from those that would rather not. Models TaintToleration (1.36). */
export const taintToleration = {
  name: 'TaintToleration',
  filter(_cycle, pod, node) {
    const { taints } = node;
    if (taints.length === 0) return undefined;
    const tolerations = pod.pod.spec?.tolerations;
    return taints.some((taint) => repels(taint) && !toleratesAny(tolerations, taint)) ? UNTOLERATED : undefined;
  },
  preScore(cycle, pod, nodes) {
    if (!nodes.some((node) => node.taints.some((taint) => taint.effect === 'PreferNoSchedule'))) return 'skip';
    const soft = (pod.pod.spec?.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule');
    cycle.prepared.set('TaintToleration', soft);
    return undefined;
  },
  score(cycle, _pod, node) {
    const soft = cycle.prepared.get('TaintToleration') as readonly Toleration[];
    let unwelcome = 0;
    for (const taint of node.taints) {
      if (taint.effect === 'PreferNoSchedule' && !toleratesAny(soft, taint)) unwelcome++;
    }
    return unwelcome;
  },
  normalize: (scores) => normalizeToMax(scores, true),
  hints: [
    { on: 'NodeAdded' },
    { on: 'NodeChanged', helps: (_pod, event) => event.type === 'NodeChanged' && event.changed.has('taints') },
    { on: 'OwnUpdate' },
  ],
} satisfies SchedulerPlugin;
