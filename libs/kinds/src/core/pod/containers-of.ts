import type { Container, EphemeralContainer, PodSpec } from '../../generated/types.js';

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** Every container with its path, in upstream's order. Models podshelper.VisitContainersWithPath (1.36). */
export function visitContainers(
  spec: PodSpec,
  field: string,
  visit: (container: Container | EphemeralContainer, at: string) => void,
): void {
  for (const list of LISTS) {
    const containers = spec[list];
    if (containers) for (const [i, container] of containers.entries()) visit(container, `${field}.${list}[${i}]`);
  }
}
