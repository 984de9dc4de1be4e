import type { PreferredSchedulingTerm } from '#kinds';
import { normalizeToMax, type Refusal, type SchedulerPlugin } from '../framework.js';
import { anyTermMatches, labelsInclude, pinnedNames, termMatches } from '../node-selector.js';
import type { PodInfo } from '../pod-info.js';

const MISMATCH: Refusal = {
  code: 'UnschedulableAndUnresolvable',
  reasons: ["node(s) didn't match Pod's node affinity/selector"],
};

const required = (pod: PodInfo) =>
  pod.pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
const preferred = (pod: PodInfo): readonly PreferredSchedulingTerm[] =>
  pod.pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];

/** spec.nodeSelector and node affinity, both required and preferred. Models NodeAffinity (1.36). */
export const nodeAffinity = {
  name: 'NodeAffinity',
  preFilter(_cycle, pod) {
    const selector = pod.pod.spec?.nodeSelector;
    const terms = required(pod);
    if (!terms && (!selector || Object.keys(selector).length === 0)) return 'skip';
    const onlyNodes = terms && pinnedNames(terms);
    if (!onlyNodes) return undefined;
    if (onlyNodes.size > 0) return { onlyNodes };
    return { refusal: { code: 'UnschedulableAndUnresolvable', reasons: ['pod affinity terms conflict'] } };
  },
  filter(_cycle, pod, { node }) {
    const selector = pod.pod.spec?.nodeSelector;
    if (selector && !labelsInclude(node, selector)) return MISMATCH;
    const terms = required(pod);
    return terms && !anyTermMatches(terms, node) ? MISMATCH : undefined;
  },
  preScore: (_cycle, pod) => (preferred(pod).length === 0 ? 'skip' : undefined),
  score(_cycle, pod, { node }) {
    let score = 0;
    // An empty preference matches no node.
    for (const { weight, preference } of preferred(pod)) if (termMatches(preference, node)) score += weight;
    return score;
  },
  normalize: (scores) => normalizeToMax(scores, false),
  hints: [
    { on: 'NodeAdded' },
    { on: 'NodeChanged', helps: (_pod, event) => event.type === 'NodeChanged' && event.changed.has('labels') },
    { on: 'OwnUpdate' },
  ],
} satisfies SchedulerPlugin;
