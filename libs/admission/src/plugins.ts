import type { AdmissionPlugin } from './plugin.js';
import { defaultTolerationSeconds } from './plugins/default-toleration-seconds.admission.js';
import { namespaceLifecycle } from './plugins/namespace-lifecycle.admission.js';
import { nodeRestriction } from './plugins/node-restriction.admission.js';
import { priority } from './plugins/priority.admission.js';
import { serviceAccount } from './plugins/service-account.admission.js';
import { taintNodesByCondition } from './plugins/taint-nodes-by-condition.admission.js';

/**
 * The chain, in the order of kube-apiserver's AllOrderedPlugins (1.36). A new one goes where upstream has it; what calls
 * out (webhooks), counts (ResourceQuota) or denies stays last.
 */
export const plugins: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
];
