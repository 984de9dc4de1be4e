import type { Quantity } from '#apimachinery';
import { type Container, type Pod, qosClassOf } from '#kinds';
import { addInto, amountsOf, type Amounts, ONE } from './amounts.js';
import type { QuotaEvaluator } from './evaluator.js';
import { isGoneAfterGrace, podLimits, podRequests } from './pod-amounts.js';
import { matchesValue, usesCrossNamespaceAffinity } from './pod-scopes.js';

const COUNT = 'count/pods';
const RESOURCES: ReadonlySet<string> = new Set([
  COUNT,
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
]);
/** Upstream calls it a mistake and keeps it to these: a quota on them obliges containers to ask for them. */
const OBLIGING: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
]);
const HUGE_PAGES = 'hugepages-';
const REQUESTS = 'requests.';
/** CPU, memory and local storage: asked as they are, as requests.X and as limits.X. */
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'] as const;

/** Models the pod evaluator of pkg/quota/v1/evaluator/core/pods.go (1.36). */
export const podEvaluator: QuotaEvaluator = {
  group: '',
  resource: 'pods',
  handles: (operation, subresource) =>
    subresource === '' ? operation === 'CREATE' : subresource === 'resize' && operation === 'UPDATE',
  matching: (names) => names.filter(isOfPods),
  missing(names, object) {
    const { spec } = object as Pod;
    // With resources of the whole pod the containers need say nothing.
    if (spec.resources?.requests || spec.resources?.limits) return undefined;
    const required = names.filter((name) => OBLIGING.has(name)).toSorted();
    const texts = required.flatMap((name) => {
      const without = [...spec.containers, ...(spec.initContainers ?? [])].filter(
        (container) => !computeUsage(amountsOf(requestsOf(container)), amountsOf(limitsOf(container))).has(name),
      );
      const containers = [...new Set(without.map((container) => container.name))].toSorted();
      return containers.length === 0 ? [] : [`${name} for: ${containers.join(',')}`];
    });
    return texts.length === 0 ? undefined : `must specify ${texts.join('; ')}`;
  },
  inScope(requirement, object) {
    const { spec } = object as Pod;
    switch (requirement.scopeName) {
      case 'Terminating':
        return isTerminating(spec);
      case 'NotTerminating':
        return !isTerminating(spec);
      case 'BestEffort':
        return qosClassOf(spec) === 'BestEffort';
      case 'NotBestEffort':
        return qosClassOf(spec) !== 'BestEffort';
      case 'PriorityClass':
        return matchesValue(requirement, spec.priorityClassName ? [spec.priorityClassName] : []);
      case 'CrossNamespacePodAffinity':
        return usesCrossNamespaceAffinity(spec);
      default:
        return false;
    }
  },
  usage(object, nowMs) {
    const pod = object as Pod;
    const { phase } = pod.status ?? {};
    const counted = new Map([[COUNT, ONE]]);
    // count/pods counts what is stored, all else what can still run.
    if (phase === 'Failed' || phase === 'Succeeded' || isGoneAfterGrace(pod.metadata, nowMs)) return counted;
    return addInto(counted, computeUsage(podRequests(pod.spec), podLimits(pod.spec)));
  },
};

function isOfPods(name: string): boolean {
  if (RESOURCES.has(name) || name.startsWith(HUGE_PAGES)) return true;
  return (
    name.startsWith(REQUESTS) &&
    (name.startsWith(REQUESTS + HUGE_PAGES) || isExtendedResource(name.slice(REQUESTS.length)))
  );
}

/** Models IsExtendedResourceName (1.36): a domain of its own, not kubernetes.io's. */
export function isExtendedResource(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith(REQUESTS);
}

function computeUsage(requests: Amounts, limits: Amounts): Map<string, Quantity> {
  const usage = new Map([['pods', ONE]]);
  for (const name of COMPUTE) {
    const request = requests.get(name);
    if (request) usage.set(name, request).set(`${REQUESTS}${name}`, request);
    const limit = limits.get(name);
    if (limit) usage.set(`limits.${name}`, limit);
  }
  for (const [name, request] of requests) {
    if (name.startsWith(HUGE_PAGES)) usage.set(name, request).set(`${REQUESTS}${name}`, request);
    else if (isExtendedResource(name)) usage.set(`${REQUESTS}${name}`, request);
  }
  return usage;
}

const requestsOf = ({ resources }: Container) => resources?.requests;
const limitsOf = ({ resources }: Container) => resources?.limits;

function isTerminating({ activeDeadlineSeconds }: Pod['spec']): boolean {
  return activeDeadlineSeconds !== undefined && activeDeadlineSeconds >= 0;
}
