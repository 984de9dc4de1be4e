import { parseQuantity, type Quantity } from '#apimachinery';
import type { Container, PodSpec } from '../../generated/types.js';

type Sums = Map<string, Quantity>;

function add(sums: Sums, container: Container): void {
  const requests = container.resources?.requests;
  for (const name in requests) {
    const quantity = parseQuantity(requests[name]!);
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
 * What the containers ask for together: those that run side by side in sum, at least what any init container needs with
 * the sidecars that were started before it. Models resourcehelper.AggregateContainerRequests (1.36).
 */
export function aggregateRequests({ containers = [], initContainers = [] }: PodSpec): Sums {
  const sums: Sums = new Map();
  for (const container of containers) add(sums, container);
  const sidecars: Sums = new Map();
  const floor: Sums = new Map();
  for (const container of initContainers) {
    if (container.restartPolicy === 'Always') {
      add(sums, container);
      add(sidecars, container);
      raise(floor, sidecars);
    } else {
      const alone = new Map(sidecars);
      add(alone, container);
      raise(floor, alone);
    }
  }
  raise(sums, floor);
  return sums;
}
