import type { PodSpec, PodTemplateSpec } from '../generated/types.js';
import { goJson, goJsonLines } from './go-json.js';
import { lineDiff } from './line-diff.js';

/** Longer ones are not compared; an ordinary pod has some hundreds of lines. */
const LINES_MAX = 20_000;

/**
 * How an object of the internal API differs from what it was, as messages about immutable fields end. Models
 * k8s.io/apimachinery/pkg/util/diff.Diff (1.36): a unified diff of both as indented JSON.
 * Differs: nothing is shown of objects that are longer than any real one.
 */
export function shapeDiff(shape: string, before: object, now: object): string {
  const [a, b] = [goJsonLines(shape, before), goJsonLines(shape, now)];
  return a.length > LINES_MAX || b.length > LINES_MAX ? '' : lineDiff(a, b);
}

/** The same of two pod specs as the API has them. */
export function podSpecDiff(before: PodSpec, now: PodSpec): string {
  return shapeDiff('PodSpec', internalPodSpec(before), internalPodSpec(now));
}

/**
 * The internal API has what a pod shares with its host in its security context, and one name for its service account.
 * Models Convert_v1_PodSpec_To_core_PodSpec (1.36).
 */
function internalPodSpec(spec: PodSpec): object {
  const { hostIPC, hostNetwork, hostPID, hostUsers, shareProcessNamespace, serviceAccount, ...rest } = spec;
  const shared = { hostIPC, hostNetwork, hostPID, hostUsers, shareProcessNamespace };
  const serviceAccountName = spec.serviceAccountName || serviceAccount;
  return { ...rest, serviceAccountName, securityContext: { ...spec.securityContext, ...shared } };
}

/** A pod template as a message shows it. */
export function podTemplateJson({ metadata, spec }: PodTemplateSpec): string {
  return goJson('PodTemplateSpec', { metadata, spec: internalPodSpec(spec ?? { containers: [] }) });
}
