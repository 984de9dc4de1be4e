import type { Pod, Toleration } from '#kinds';
import type { AdmissionPlugin } from '../plugin.js';
import { isCore } from '../refusal.js';

const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const;
const SECONDS = 300;

/** A pod stays five minutes on a node that fails, unless it says otherwise. Models plugin defaulttolerationseconds (1.36). */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: (request) => isCore(request, 'pods') && (request.operation === 'CREATE' || request.operation === 'UPDATE'),
  mutate(request) {
    const pod = request.object as Pod;
    if (!pod.spec) return;
    const present = pod.spec.tolerations ?? [];
    const missing = TAINTS.filter((taint) => !present.some((toleration) => tolerates(toleration, taint)));
    if (missing.length === 0) return;
    const added = missing.map((key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: SECONDS,
    }));
    // An update's spec may be the stored one itself: never changed, only replaced.
    pod.spec = { ...pod.spec, tolerations: [...present, ...added] };
  },
};

function tolerates({ key, effect }: Toleration, taint: string): boolean {
  return (!key || key === taint) && (!effect || effect === 'NoExecute');
}
