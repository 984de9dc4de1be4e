import { deepEqual } from '#apimachinery';
import type { DiscoveryV1EndpointPort, Endpoint, EndpointSlice } from '#kinds';

/** As kube-controller-manager's --max-endpoints-per-slice. */
export const ENDPOINTS_PER_SLICE_MAX = 100;

/** Endpoints that are served on the same ports, so that they may share slices. Keyed by the pod's uid. */
export interface EndpointGroup {
  readonly ports: readonly DiscoveryV1EndpointPort[];
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

interface NewSlice {
  readonly ports: readonly DiscoveryV1EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

export interface SlicePlan {
  readonly create: readonly NewSlice[];
  readonly update: readonly EndpointSlice[];
  readonly delete: readonly EndpointSlice[];
}

/**
 * The fewest writes that bring the slices to the groups: endpoints stay in the slice they are in, new ones fill slices
 * that change anyway, then those with the least room left, then slices that would have to go, then new ones. A service
 * without backends is shown by one empty slice. Models reconcileByPortMapping in k8s.io/endpointslice (1.36).
 *
 *   slices  A[1 2 3] B[4]     wanted 1 3 4 5     →  update A[1 3 5], B untouched
 */
export function planSlices(groups: readonly EndpointGroup[], slices: readonly EndpointSlice[]): SlicePlan {
  const create: NewSlice[] = [];
  const update: EndpointSlice[] = [];
  const remove: EndpointSlice[] = [];
  const left = new Set(slices);
  for (const group of groups) {
    const mine = slices.filter((slice) => left.has(slice) && samePorts(slice.ports ?? [], group.ports));
    for (const slice of mine) left.delete(slice);
    const { kept, missing } = keep(group, mine);
    fill(kept, missing);
    for (const { slice, endpoints, changed } of kept) {
      if (endpoints.length === 0) remove.push(slice);
      else if (changed) update.push({ ...slice, endpoints });
    }
    for (let at = 0; at < missing.length; at += ENDPOINTS_PER_SLICE_MAX) {
      create.push({ ports: group.ports, endpoints: missing.slice(at, at + ENDPOINTS_PER_SLICE_MAX) });
    }
  }
  remove.push(...left);
  if (remove.length === slices.length && create.length === 0) create.push({ ports: [], endpoints: [] });
  return recycled({ create, update, delete: remove });
}

/** What would be deleted becomes what would be created; what is that already stays untouched. */
function recycled(plan: SlicePlan): SlicePlan {
  const reused = Math.min(plan.create.length, plan.delete.length);
  const changed = plan.delete.slice(0, reused).flatMap((slice, i) => {
    const { ports, endpoints } = plan.create[i]!;
    const same = samePorts(slice.ports ?? [], ports) && deepEqual(slice.endpoints ?? [], endpoints);
    return same ? [] : [{ ...slice, ports: [...ports], endpoints: [...endpoints] }];
  });
  return { create: plan.create.slice(reused), update: [...plan.update, ...changed], delete: plan.delete.slice(reused) };
}

interface Kept {
  readonly slice: EndpointSlice;
  readonly endpoints: Endpoint[];
  changed: boolean;
}

function keep(group: EndpointGroup, slices: readonly EndpointSlice[]): { kept: Kept[]; missing: Endpoint[] } {
  const missing = new Map(group.endpoints);
  const kept = slices.map((slice): Kept => {
    const endpoints: Endpoint[] = [];
    let changed = false;
    for (const endpoint of slice.endpoints ?? []) {
      const uid = endpoint.targetRef?.uid ?? '';
      const wanted = missing.get(uid);
      missing.delete(uid);
      if (!wanted || !deepEqual(wanted, endpoint)) changed = true;
      if (wanted) endpoints.push(wanted);
    }
    return { slice, endpoints, changed };
  });
  return { kept, missing: [...missing.values()] };
}

/** Moves what fits from `missing` into slices: those that are written anyway first, then the fullest. */
function fill(kept: readonly Kept[], missing: Endpoint[]): void {
  const order = kept.toSorted(
    (a, b) => Number(b.changed) - Number(a.changed) || b.endpoints.length - a.endpoints.length,
  );
  for (const target of order) {
    if (missing.length === 0) return;
    const room = ENDPOINTS_PER_SLICE_MAX - target.endpoints.length;
    // A slice that would be touched for a part only is left alone: one new slice takes all of it.
    if (room <= 0 || (!target.changed && room < missing.length)) continue;
    target.endpoints.push(...missing.splice(0, room));
    target.changed = true;
  }
}

export function samePorts(a: readonly DiscoveryV1EndpointPort[], b: readonly DiscoveryV1EndpointPort[]): boolean {
  return a.length === b.length && deepEqual(sortedPorts(a), sortedPorts(b));
}

function sortedPorts(ports: readonly DiscoveryV1EndpointPort[]): DiscoveryV1EndpointPort[] {
  return ports.toSorted((a, b) => (a.name ?? '').localeCompare(b.name ?? '') || (a.port ?? 0) - (b.port ?? 0));
}
