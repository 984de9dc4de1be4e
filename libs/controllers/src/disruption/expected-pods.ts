import { controllerRefOf, intOrPercent, type KubeObject, type OwnerReference, parseApiVersion } from '#apimachinery';
import type { Kind, KindCatalog, Pod, PodDisruptionBudget, ReplicaSet } from '#kinds';

/** How many pods a controller is to have, and which controller that is: a Deployment stands for its ReplicaSets. */
export interface ControllerScale {
  readonly uid: string;
  readonly replicas: number;
}

/** undefined: it is gone. Throws when such a thing has no scale. */
export type ScaleOf = (owner: OwnerReference, namespace: string) => Promise<ControllerScale | undefined>;

interface Expected {
  readonly expected: number;
  readonly desired: number;
  /** Names of pods that nobody keeps. */
  readonly unmanaged: readonly string[];
}

/** Models getExpectedPodCount of the disruption controller (1.36). */
export async function expectedPods(
  { spec }: PodDisruptionBudget,
  pods: readonly Pod[],
  scaleOf: ScaleOf,
): Promise<Expected> {
  const { maxUnavailable, minAvailable } = spec ?? {};
  if (maxUnavailable !== undefined) {
    const { count, unmanaged } = await expectedScale(pods, scaleOf);
    return { expected: count, desired: Math.max(0, count - intOrPercent(maxUnavailable, count, true)), unmanaged };
  }
  if (minAvailable === undefined) return { expected: 0, desired: 0, unmanaged: [] };
  if (typeof minAvailable === 'number') return { expected: pods.length, desired: minAvailable, unmanaged: [] };
  const { count, unmanaged } = await expectedScale(pods, scaleOf);
  return { expected: count, desired: intOrPercent(minAvailable, count, true), unmanaged };
}

async function expectedScale(
  pods: readonly Pod[],
  scaleOf: ScaleOf,
): Promise<{ count: number; unmanaged: readonly string[] }> {
  const known = new Map<string, ControllerScale | undefined>();
  const unmanaged: string[] = [];
  for (const { metadata } of pods) {
    const owner = controllerRefOf(metadata);
    if (!owner) unmanaged.push(metadata.name ?? '');
    else if (!known.has(owner.uid)) {
      const scale = await scaleOf(owner, metadata.namespace ?? '');
      if (!scale) throw new Error(`found no controllers for pod "${metadata.name}"`);
      known.set(owner.uid, scale);
    }
  }
  const byController = new Map([...known.values()].map((scale) => [scale!.uid, scale!.replicas]));
  return { count: [...byController.values()].reduce((sum, replicas) => sum + replicas, 0), unmanaged };
}

/** Anything with a scale counts: what is built in and what is not. `get` gives undefined for what is gone. */
export function newScaleOf(
  kinds: KindCatalog,
  get: (kind: Kind, namespace: string, name: string) => Promise<KubeObject | undefined>,
): ScaleOf {
  const scaleOf: ScaleOf = async (owner, namespace) => {
    const version = parseApiVersion(owner.apiVersion);
    const kind = version && kinds.byKind({ ...version, kind: owner.kind });
    if (!kind) return undefined;
    const object = await get(kind, namespace, owner.name);
    if (object?.metadata.uid !== owner.uid) return undefined;
    const above = controllerRefOf(object.metadata);
    if (above?.kind === 'Deployment' && kind.resource === 'replicasets') return scaleOf(above, namespace);
    const view = kind.subresources.find(({ name }) => name === 'scale');
    if (!view?.project) {
      const name = kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`;
      throw new Error(`${name} does not implement the scale subresource`);
    }
    return { uid: owner.uid, replicas: (view.project(object) as ReplicaSet).spec?.replicas ?? 0 };
  };
  return scaleOf;
}
