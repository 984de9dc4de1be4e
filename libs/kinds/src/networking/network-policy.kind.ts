import { selectorText } from '../apps/workload-columns.js';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { NetworkPolicy } from '../generated/types.js';
import { networkPolicyWarnings, validateNetworkPolicy } from './network-policy-validation.js';

/** Models pkg/registry/networking/networkpolicy and SetDefaults_NetworkPolicy (1.36). */
export const networkPolicyKind = defineKind<NetworkPolicy>({
  apiVersion: 'networking.k8s.io/v1',
  resource: 'networkpolicies',
  generation: true,
  table: tableOf<NetworkPolicy>([column('Pod-Selector')], ({ spec }) => [selectorText(spec?.podSelector)]),
  applyDefaults(policy) {
    const spec = (policy.spec ??= {});
    spec.podSelector ??= {};
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
    const ports = [...(spec.ingress ?? []), ...(spec.egress ?? [])].flatMap((rule) => rule.ports ?? []);
    for (const port of ports) port.protocol ||= 'TCP';
  },
  validate: validateNetworkPolicy,
  warnings: (policy, old) =>
    old && old.metadata.generation === policy.metadata.generation ? [] : networkPolicyWarnings(policy),
});
