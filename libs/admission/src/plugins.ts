import type { AdmissionPlugin } from './plugin.js';
import { defaultTolerationSeconds } from './plugins/default-toleration-seconds.admission.js';
import { limitRanger } from './plugins/limit-ranger.admission.js';
import { mutatingAdmissionWebhook } from './plugins/mutating-admission-webhook.admission.js';
import { namespaceLifecycle } from './plugins/namespace-lifecycle.admission.js';
import { nodeRestriction } from './plugins/node-restriction.admission.js';
import { podSecurity } from './plugins/pod-security.admission.js';
import { priority } from './plugins/priority.admission.js';
import { resourceQuota } from './plugins/resource-quota.admission.js';
import { serviceAccount } from './plugins/service-account.admission.js';
import { taintNodesByCondition } from './plugins/taint-nodes-by-condition.admission.js';
import { validatingAdmissionWebhook } from './plugins/validating-admission-webhook.admission.js';

/**
 * The chain, in the order of kube-apiserver's AllOrderedPlugins (1.36). A new one goes where upstream has it; what calls
 * out (webhooks), counts (ResourceQuota) or denies stays last.
 */
export const plugins: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  mutatingAdmissionWebhook,
  validatingAdmissionWebhook,
  resourceQuota,
];
