import type { Pod } from '#kinds';
import { type ContainerState, restarts } from './container.js';

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** `over`: nothing will be started any more. Models kubelet getPhase (1.36). */
export function phaseOf(pod: Pod, containers: readonly ContainerState[], over: boolean): Phase {
  const init = containers.filter(({ role }) => role === 'init');
  const sidecars = containers.filter(({ role }) => role === 'sidecar');
  const main = containers.filter(({ role }) => role === 'main');
  const lastExit = (container: ContainerState) => (container.terminated ?? container.last)?.exitCode;
  const everEnded = (container: ContainerState) => lastExit(container) !== undefined && container.state !== 'running';

  const failedForGood = init.some(
    (container) => container.state === 'terminated' && lastExit(container) !== 0 && !restarts(pod, container),
  );
  if (failedForGood) return 'Failed';
  const pendingInit = init.some((container) => container.state === 'running' || !everEnded(container));
  const pendingSidecar = sidecars.some((container) => !everEnded(container) && !container.started);
  const begun = main.some((container) => container.state !== 'waiting' || everEnded(container));
  const waiting = [...sidecars, ...main].some((container) => container.state === 'waiting' && !everEnded(container));
  if (pendingInit || (pendingSidecar && !begun) || waiting) return 'Pending';
  if ([...sidecars, ...main].some(({ state }) => state === 'running')) {
    return main.length > 0 || begun ? 'Running' : 'Pending';
  }
  const allSucceeded = main.every((container) => lastExit(container) === 0);
  if (!over && main.some((container) => restartsAgain(pod, container))) return 'Running';
  return allSucceeded ? 'Succeeded' : 'Failed';
}

/** Waiting for its restart, or ended and due for one. */
function restartsAgain(pod: Pod, container: ContainerState): boolean {
  return container.state === 'waiting' || restarts(pod, container);
}
