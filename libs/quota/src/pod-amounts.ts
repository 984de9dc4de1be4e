import { type ObjectMeta, type Quantity, timeOf } from '#apimachinery';
import type { Container, PodSpec } from '#kinds';
import { addInto, amountsOf, type Amounts } from './amounts.js';

type ListOf = (container: Container) => Readonly<Record<string, string>> | undefined;

/** What a pod asks of a node, by resource. Models resourcehelper.PodRequests (1.36). */
export function podRequests(spec: PodSpec): Map<string, Quantity> {
  const total = withPodLevel(
    spec.resources?.requests,
    ofContainers(spec, ({ resources }) => resources?.requests),
  );
  return addInto(total, amountsOf(spec.overhead));
}

/** What it may take at most; overhead counts only where there is a limit. Models resourcehelper.PodLimits (1.36). */
export function podLimits(spec: PodSpec): Map<string, Quantity> {
  const total = withPodLevel(
    spec.resources?.limits,
    ofContainers(spec, ({ resources }) => resources?.limits),
  );
  for (const [name, amount] of amountsOf(spec.overhead)) {
    const limit = total.get(name);
    if (limit && !limit.isZero()) total.set(name, limit.add(amount));
  }
  return total;
}

/**
 *   max( containers + sidecars,
 *        for each plain init container: it + the sidecars started before it )
 */
function ofContainers(spec: PodSpec, listOf: ListOf): Map<string, Quantity> {
  const total = new Map<string, Quantity>();
  const peak = new Map<string, Quantity>();
  const sidecars = new Map<string, Quantity>();
  for (const container of spec.containers ?? []) addInto(total, amountsOf(listOf(container)));
  for (const container of spec.initContainers ?? []) {
    const own = amountsOf(listOf(container));
    if (container.restartPolicy === 'Always') {
      addInto(total, own);
      addInto(sidecars, own);
      maxInto(peak, sidecars);
    } else {
      maxInto(peak, addInto(new Map(sidecars), own));
    }
  }
  maxInto(total, peak);
  return total;
}

function maxInto(into: Map<string, Quantity>, other: Amounts): void {
  for (const [name, amount] of other) {
    const present = into.get(name);
    if (!present || amount.cmp(present) > 0) into.set(name, amount);
  }
}

/** Said of the whole pod, it replaces the sum. Models IsSupportedPodLevelResource (1.36). */
function withPodLevel(list: Readonly<Record<string, string>> | undefined, total: Map<string, Quantity>): typeof total {
  for (const [name, amount] of amountsOf(list)) {
    if (name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')) total.set(name, amount);
  }
  return total;
}

/** Stuck in its deletion (a node is lost): not held against those who want to replace it. */
export function isGoneAfterGrace(
  { deletionTimestamp, deletionGracePeriodSeconds }: ObjectMeta,
  nowMs: number,
): boolean {
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return false;
  const endsMs = timeOf(deletionTimestamp);
  return endsMs !== undefined && nowMs > endsMs + deletionGracePeriodSeconds * 1000;
}
