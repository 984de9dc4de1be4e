import type { ObjectMeta } from '#apimachinery';
import type { Container, Pod } from '#kinds';

export type PodSpec = Pod['spec'];

/** Why a pod does not meet a check: the reason in a word, and who must change what. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

export type CheckPod = (spec: PodSpec, metadata: ObjectMeta) => Violation | undefined;

/** One check, as each minor version of Kubernetes has it. Models policy.Check of k8s.io/pod-security-admission (1.36). */
export interface Check {
  /** Checks of a level run in the order of their ids. */
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  /** From which minor version (of 1) on, rising. */
  readonly versions: readonly { readonly from: number; readonly check: CheckPod }[];
  /** Of baseline: not run beside this one. */
  readonly overrides?: string;
}

type AnyContainer = Pick<
  Container,
  'name' | 'securityContext' | 'ports' | 'livenessProbe' | 'readinessProbe' | 'startupProbe' | 'lifecycle'
>;

/** Init containers first, then containers, then ephemeral ones. */
export function containersOf(spec: PodSpec): readonly AnyContainer[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

export function containersThat(spec: PodSpec, bad: (container: AnyContainer) => boolean): string[] {
  return containersOf(spec)
    .filter((container) => bad(container))
    .map(({ name }) => name);
}

export const quoted = (names: Iterable<string>): string => [...names].map((name) => JSON.stringify(name)).join(', ');
export const quotedInOrder = (names: Iterable<string>): string => quoted([...new Set(names)].toSorted());

/** 'container "a"', 'containers "a", "b"'. */
export function containersText(names: readonly string[]): string {
  return `${plural('container', names.length)} ${quoted(names)}`;
}

export function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`;
}

/** 'pod and container "a"': everybody who said the wrong thing; undefined when nobody did. */
export function settersText(podDid: boolean, containers: readonly string[]): string | undefined {
  const setters = [...(podDid ? ['pod'] : []), ...(containers.length > 0 ? [containersText(containers)] : [])];
  return setters.length > 0 ? setters.join(' and ') : undefined;
}

export const isWindows = ({ os }: PodSpec): boolean => os?.name === 'windows';

/** Root inside is nobody outside. Models relaxPolicyForUserNamespacePod (1.36). */
export const hasOwnUsers = ({ hostUsers }: PodSpec): boolean => hostUsers === false;
