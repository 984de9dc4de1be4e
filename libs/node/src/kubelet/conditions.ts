import type { Pod } from '#kinds';
import type { ContainerState } from './container.js';
import type { Phase } from './phase.js';

/** What a condition says; times are added where it is compared with what was said before. */
export interface Claim {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

/** Go prints a list of names so: [a b]. */
const goList = (containers: readonly ContainerState[]) => `[${containers.map(({ spec }) => spec.name).join(' ')}]`;

function initialized(containers: readonly ContainerState[], phase: Phase): Claim {
  const type = 'Initialized';
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  const begun = containers.some(({ role, id }) => role === 'main' && id !== '');
  const incomplete = containers.filter(
    (container) =>
      (container.role === 'init' && !(container.state === 'terminated' && container.terminated?.exitCode === 0)) ||
      (container.role === 'sidecar' && !container.started),
  );
  if (begun || incomplete.length === 0) return { type, status: 'True' };
  const message = `containers with incomplete status: ${goList(incomplete)}`;
  return { type, status: 'False', reason: 'ContainersNotInitialized', message };
}

function containersReady(containers: readonly ContainerState[], phase: Phase): Claim {
  const type = 'ContainersReady';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const unready = containers.filter(({ role, ready }) => role !== 'init' && !ready);
  if (unready.length === 0) return { type, status: 'True' };
  const message = `containers with unready status: ${goList(unready)}`;
  return { type, status: 'False', reason: 'ContainersNotReady', message };
}

function ready(pod: Pod, containersAre: Claim): Claim {
  const type = 'Ready';
  if (containersAre.status === 'False') return { ...containersAre, type };
  const messages = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = pod.status?.conditions?.find((other) => other.type === conditionType);
    if (!condition) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    if (condition.status === 'True') return [];
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  if (messages.length === 0) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') };
}

/** The kubelet's own conditions in its order. Models kubelet status/generate.go (1.36). */
export function claimsOf(
  pod: Pod,
  containers: readonly ContainerState[],
  phase: Phase,
  hasSandbox: boolean,
): readonly Claim[] {
  const containersAre = containersReady(containers, phase);
  return [
    { type: 'PodReadyToStartContainers', status: hasSandbox ? 'True' : 'False' },
    initialized(containers, phase),
    ready(pod, containersAre),
    containersAre,
    { type: 'PodScheduled', status: 'True' },
  ];
}
