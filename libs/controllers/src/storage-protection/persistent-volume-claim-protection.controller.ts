import type { KubeObject } from '#apimachinery';
import { type ControllerContext, controllerIdentity, defineController, type ObjectKey } from '#controller-runtime';
import { type PersistentVolumeClaim, persistentVolumeClaimKind, type Pod, podKind } from '#kinds';
import { unlessGone } from '../failures.js';
import { isPodFinished } from '../pod-state.js';
import { withFinalizer, withoutFinalizer } from './finalizer.js';

const FINALIZER = 'kubernetes.io/pvc-protection';

export interface ClaimProtectionDeps {
  claim(key: ObjectKey): PersistentVolumeClaim | undefined;
  /** As the API has them now: a pod that the cache has not seen yet may use the claim. */
  pods(namespace: string): Promise<readonly Pod[]>;
  update(claim: PersistentVolumeClaim): Promise<unknown>;
}

/** A deleted claim goes when no pod on a node uses it. Models kube-controller-manager persistentvolumeclaim-protection (1.36). */
export const persistentVolumeClaimProtectionController = defineController<ClaimProtectionDeps>({
  name: 'persistentvolumeclaim-protection',
  identity: controllerIdentity('pvc-protection-controller'),
  reconciles: persistentVolumeClaimKind,
  watches: [{ resource: podKind, keysOf: claimsLetGo }],
  deps: ({ api, informers }: ControllerContext) => ({
    claim: ({ namespace, name }) => informers.of<PersistentVolumeClaim>(persistentVolumeClaimKind).get(namespace, name),
    pods: async (namespace) => (await api.list<Pod>(podKind, namespace)).items,
    update: (claim) => unlessGone(api.update(persistentVolumeClaimKind, claim)),
  }),
  reconcile,
});

export async function reconcile(deps: ClaimProtectionDeps, key: ObjectKey): Promise<void> {
  const claim = deps.claim(key);
  if (!claim) return;
  const isGoing = claim.metadata.deletionTimestamp !== undefined;
  const next = isGoing ? withoutFinalizer(claim, FINALIZER) : withFinalizer(claim, FINALIZER);
  if (next === claim) return;
  if (isGoing && (await deps.pods(key.namespace)).some((pod) => uses(pod, key.name))) return;
  await deps.update(next);
}

/** A pod that no node has yet will not start with a claim that goes. */
function uses(pod: Pod, claim: string): boolean {
  return !!pod.spec.nodeName && claimsOf(pod).includes(claim);
}

function claimsOf(pod: Pod): string[] {
  return (pod.spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim) return [persistentVolumeClaim.claimName];
    return ephemeral && !isPodFinished(pod) ? [`${pod.metadata.name}-${name}`] : [];
  });
}

function claimsLetGo(
  object: KubeObject,
  _context: ControllerContext,
  old: KubeObject | undefined,
  change: string,
): readonly ObjectKey[] {
  const pod = object as Pod;
  const { namespace = '' } = pod.metadata;
  const before = new Set(claimsOf((change === 'deleted' ? pod : (old ?? pod)) as Pod));
  if (before.size === 0) return [];
  const now = change === 'deleted' ? [] : claimsOf(pod);
  return [...before].filter((name) => !now.includes(name)).map((name) => ({ namespace, name }));
}
