import { Quantity } from '#apimachinery';
import type { Service } from '#kinds';
import { ONE } from './amounts.js';
import type { QuotaEvaluator } from './evaluator.js';

const NAMES: ReadonlySet<string> = new Set([
  'count/services',
  'services',
  'services.nodeports',
  'services.loadbalancers',
]);

/** Models the service evaluator of pkg/quota/v1/evaluator/core/services.go (1.36). An update may change the type. */
export const serviceEvaluator: QuotaEvaluator = {
  group: '',
  resource: 'services',
  handles: (operation, subresource) => subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  matching: (names) => names.filter((name) => NAMES.has(name)),
  usage(object) {
    const { spec } = object as Service;
    const isBalanced = spec?.type === 'LoadBalancer';
    return new Map([
      ['count/services', ONE],
      ['services', ONE],
      ['services.nodeports', Quantity.of(nodePortsOf(spec))],
      ['services.loadbalancers', isBalanced ? ONE : Quantity.ZERO],
    ]);
  },
};

function nodePortsOf(spec: Service['spec']): number {
  const ports = spec?.ports ?? [];
  if (spec?.type === 'NodePort') return ports.length;
  if (spec?.type !== 'LoadBalancer') return 0;
  if (spec.allocateLoadBalancerNodePorts !== false) return ports.length;
  return ports.filter(({ nodePort }) => nodePort).length;
}
