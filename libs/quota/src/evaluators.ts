import { groupResourceName } from '#apimachinery';
import { ONE } from './amounts.js';
import type { QuotaEvaluator } from './evaluator.js';
import { persistentVolumeClaimEvaluator } from './persistent-volume-claim.evaluator.js';
import { podEvaluator } from './pod.evaluator.js';
import { resourceClaimEvaluator } from './resource-claim.evaluator.js';
import { serviceEvaluator } from './service.evaluator.js';

/** Resources that are charged for more than their number. */
export const evaluators: readonly QuotaEvaluator[] = [
  podEvaluator,
  serviceEvaluator,
  persistentVolumeClaimEvaluator,
  resourceClaimEvaluator,
];

/** Counted by their bare name as well, from before there was count/. Models legacyObjectCountAliases (1.36). */
const LEGACY_NAMES: ReadonlySet<string> = new Set([
  'configmaps',
  'resourcequotas',
  'replicationcontrollers',
  'secrets',
]);

/** Not stored, or too many to count. Models DefaultIgnoredResources of pkg/quota/v1/install (1.36). */
const NEVER_COUNTED: ReadonlySet<string> = new Set([
  'bindings',
  'componentstatuses',
  'tokenreviews.authentication.k8s.io',
  'selfsubjectreviews.authentication.k8s.io',
  'subjectaccessreviews.authorization.k8s.io',
  'selfsubjectaccessreviews.authorization.k8s.io',
  'localsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectrulesreviews.authorization.k8s.io',
  'events',
  'events.events.k8s.io',
]);

export function isNeverCounted(group: string, resource: string): boolean {
  return NEVER_COUNTED.has(groupResourceName(group, resource));
}

/** 'count/deployments.apps'. */
export function objectCountName(group: string, resource: string): string {
  return `count/${groupResourceName(group, resource)}`;
}

const special = new Map(evaluators.map((one) => [groupResourceName(one.group, one.resource), one]));

/** Any resource can be counted, custom ones too. */
export function evaluatorFor(group: string, resource: string): QuotaEvaluator {
  return special.get(groupResourceName(group, resource)) ?? objectCount(group, resource);
}

/** Models objectCountEvaluator of k8s.io/apiserver/pkg/quota/v1/generic (1.36). */
function objectCount(group: string, resource: string): QuotaEvaluator {
  const names = [objectCountName(group, resource)];
  if (group === '' && LEGACY_NAMES.has(resource)) names.push(resource);
  const usage = new Map(names.map((name) => [name, ONE]));
  return {
    group,
    resource,
    handles: (operation, subresource) => operation === 'CREATE' && subresource === '',
    matching: (asked) => asked.filter((name) => names.includes(name)),
    usage: () => usage,
  };
}
