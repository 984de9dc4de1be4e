import { type KubeObject, type ObjectMeta, StatusError } from '#apimachinery';
import { type Namespace, namespaceKind, type Pod, podKind } from '#kinds';
import type { AdmissionPlugin, AdmissionReads, AdmissionRequest } from '../plugin.js';
import { detailsOf, reasonsOf, violationsOf } from '../pod-security/evaluate.js';
import type { PodSpec } from '../pod-security/check.js';
import {
  isSamePolicy,
  isStricter,
  type LevelVersion,
  type Policy,
  policyOf,
  policyText,
} from '../pod-security/policy.js';
import { isSignificant } from '../pod-security/significance.js';
import { templateOf } from '../pod-security/templates.js';
import { isCore, refusal } from '../refusal.js';

/** Pods that are looked at when a namespace gets a stricter policy. As defaultNamespaceMaxPodsToCheck. */
const PODS_MAX = 3000;
/** Of pods, those that do not change what runs. Models ignoredPodSubresources (1.36). */
const IGNORED: ReadonlySet<string> = new Set([
  'exec',
  'attach',
  'binding',
  'eviction',
  'log',
  'portforward',
  'proxy',
  'status',
]);

/**
 * Pods are as harmless as their namespace's labels demand; what makes pods is warned beforehand. Models plugin podsecurity
 * (1.36) as it is when nothing configures it: no defaults, no exemptions.
 */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  handles(request) {
    if (request.operation !== 'CREATE' && request.operation !== 'UPDATE') return false;
    if (request.kind.resource === 'pods' && request.kind.group === '') return !IGNORED.has(request.subresource);
    return request.subresource === '' && (isCore(request, 'namespaces') || templateOf(request.kind) !== undefined);
  },
  async validate(request, reads) {
    if (isCore(request, 'namespaces')) return checkNamespace(request, reads);
    const namespace = await reads.get(namespaceKind, '', request.namespace);
    const { policy } = policyOf(namespace?.metadata.labels);
    if (request.kind.resource !== 'pods') return checkTemplate(request, policy);
    if (Object.values(policy).every(({ level }: LevelVersion) => level === 'privileged')) return;
    const pod = request.object as Pod;
    if (request.operation === 'UPDATE' && !isSignificant(pod, request.old as Pod)) return;
    enforce(request, policy.enforce, pod);
    tell(request, policy, pod.metadata, pod.spec);
  },
};

const ANNOTATIONS = 'pod-security.kubernetes.io/';

function enforce(request: AdmissionRequest, policy: LevelVersion, { metadata, spec }: Pod): void {
  request.annotate?.(`${ANNOTATIONS}enforce-policy`, policyText(policy));
  const violations = violationsOf(policy, metadata, spec);
  if (violations.length === 0) return;
  throw refusal(request, `violates PodSecurity "${policyText(policy)}": ${detailsOf(violations)}`);
}

/** To the audit log, and to who asked. */
function tell(request: AdmissionRequest, { audit, warn }: Policy, metadata: ObjectMeta, spec: PodSpec): void {
  const audited = wouldViolate(audit, metadata, spec);
  if (audited) request.annotate?.(`${ANNOTATIONS}audit-violations`, audited);
  const warned = isSamePolicy(audit, warn) ? audited : wouldViolate(warn, metadata, spec);
  if (warned) request.warn(warned);
}

function wouldViolate(policy: LevelVersion, metadata: ObjectMeta, spec: PodSpec): string | undefined {
  const violations = violationsOf(policy, metadata, spec);
  if (violations.length === 0) return undefined;
  return `would violate PodSecurity "${policyText(policy)}": ${detailsOf(violations)}`;
}

/** Nothing is refused that is no pod yet. */
function checkTemplate(request: AdmissionRequest, policy: Policy): void {
  const template = templateOf(request.kind)!(request.object as KubeObject);
  if (template?.spec) tell(request, policy, template.metadata ?? {}, template.spec);
}

async function checkNamespace(request: AdmissionRequest, reads: AdmissionReads): Promise<void> {
  const { metadata } = request.object as Namespace;
  const { policy, errors } = policyOf(metadata.labels);
  const before = policyOf(request.old?.metadata.labels);
  const textOf = (list: typeof errors) => list.map(({ field, detail }) => `${field}${detail}`).join();
  const isNew = request.operation === 'CREATE';
  if (errors.length > 0 && (isNew || textOf(errors) !== textOf(before.errors))) {
    throw StatusError.invalid({ group: '', kind: 'Namespace' }, metadata.name ?? '', errors);
  }
  if (isNew || isSamePolicy(policy.enforce, before.policy.enforce) || policy.enforce.level === 'privileged') return;
  const isRelaxed = !isStricter(policy.enforce.level, before.policy.enforce.level);
  if (policy.enforce.minor === before.policy.enforce.minor && isRelaxed) return;
  for (const warning of await existingViolations(metadata.name ?? '', policy.enforce, reads)) request.warn(warning);
}

/** Pods with the same faults are told of in one line. Models EvaluatePodsInNamespace (1.36). */
async function existingViolations(namespace: string, policy: LevelVersion, reads: AdmissionReads): Promise<string[]> {
  const pods = await reads.list(podKind, namespace);
  const checked = pods.slice(0, PODS_MAX);
  const names = new Map<string, string[]>();
  for (const { metadata, spec } of checked) {
    const violations = violationsOf(policy, metadata, spec);
    if (violations.length === 0) continue;
    const reasons = reasonsOf(violations);
    names.set(reasons, [...(names.get(reasons) ?? []), metadata.name ?? '']);
  }
  const told = [...names].map(
    ([reasons, [first = '', ...others]]) => `${first}${othersText(others.length)}: ${reasons}`,
  );
  return [
    ...(checked.length < pods.length
      ? [
          `new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`,
        ]
      : []),
    ...(told.length > 0
      ? [`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${policyText(policy)}"`]
      : []),
    ...told.toSorted(),
  ];
}

function othersText(count: number): string {
  if (count === 0) return '';
  return count === 1 ? ' (and 1 other pod)' : ` (and ${count} other pods)`;
}
