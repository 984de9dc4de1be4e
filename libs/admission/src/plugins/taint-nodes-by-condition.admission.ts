import type { Node } from '#kinds';
import type { AdmissionPlugin } from '../plugin.js';
import { isCore } from '../refusal.js';

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' } as const;

/** A new node takes no pods before somebody has seen it ready. Models plugin nodetaint (1.36). */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: (request) => isCore(request, 'nodes') && request.operation === 'CREATE',
  mutate(request) {
    const node = request.object as Node;
    const taints = (node.spec ??= {}).taints ?? [];
    if (taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect)) return;
    node.spec.taints = [...taints, { ...NOT_READY }];
  },
};
