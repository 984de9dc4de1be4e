import { parseQuantity, type Quantity } from '#apimachinery';
import type { Container, PodSpec } from '../../generated/types.js';
import { isHugePages } from '../resource-names.js';

type Sums = Map<string, Quantity>;
type List = 'requests' | 'limits';

/** What a pod as a whole may ask for. Models IsSupportedPodLevelResource (1.36). */
export function isPodResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || isHugePages(name);
}

function add(sums: Sums, container: Container, list: List): void {
  const amounts = container.resources?.[list];
  for (const name in amounts) {
    const quantity = parseQuantity(amounts[name]!);
    const before = sums.get(name);
    sums.set(name, before ? before.add(quantity) : quantity);
  }
}

function raise(sums: Sums, floor: Sums): void {
  for (const [name, quantity] of floor) {
    const now = sums.get(name);
    if (!now || now.cmp(quantity) < 0) sums.set(name, quantity);
  }
}

/**
 * What the containers ask for, or may use, together: those that run side by side in sum, at least what any init container
 * needs with the sidecars that were started before it. Models resourcehelper.AggregateContainerRequests and its twin for
 * limits (1.36).
 */
export function aggregate({ containers = [], initContainers = [] }: PodSpec, list: List): Sums {
  const sums: Sums = new Map();
  for (const container of containers) add(sums, container, list);
  const sidecars: Sums = new Map();
  const floor: Sums = new Map();
  for (const container of initContainers) {
    if (container.restartPolicy === 'Always') {
      add(sums, container, list);
      add(sidecars, container, list);
      raise(floor, sidecars);
    } else {
      const alone = new Map(sidecars);
      add(alone, container, list);
      raise(floor, alone);
    }
  }
  raise(sums, floor);
  return sums;
}
