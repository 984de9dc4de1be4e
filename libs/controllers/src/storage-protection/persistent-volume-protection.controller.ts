import { controllerIdentity, defineController, type ObjectKey } from '#controller-runtime';
import { type PersistentVolume, persistentVolumeKind } from '#kinds';
import { unlessGone } from '../failures.js';
import { withFinalizer, withoutFinalizer } from './finalizer.js';

const FINALIZER = 'kubernetes.io/pv-protection';

export interface VolumeProtectionDeps {
  volume(name: string): PersistentVolume | undefined;
  update(volume: PersistentVolume): Promise<unknown>;
}

/** A deleted volume goes when no claim is bound to it. Models kube-controller-manager persistentvolume-protection (1.36). */
export const persistentVolumeProtectionController = defineController<VolumeProtectionDeps>({
  name: 'persistentvolume-protection',
  identity: controllerIdentity('pv-protection-controller'),
  reconciles: persistentVolumeKind,
  deps: ({ api, informers }) => ({
    volume: (name) => informers.of<PersistentVolume>(persistentVolumeKind).get('', name),
    update: (volume) => unlessGone(api.update(persistentVolumeKind, volume)),
  }),
  reconcile,
});

export async function reconcile(deps: VolumeProtectionDeps, { name }: ObjectKey): Promise<void> {
  const volume = deps.volume(name);
  if (!volume) return;
  const isGoing = volume.metadata.deletionTimestamp !== undefined;
  if (isGoing && volume.status?.phase === 'Bound') return;
  const next = isGoing ? withoutFinalizer(volume, FINALIZER) : withFinalizer(volume, FINALIZER);
  if (next !== volume) await deps.update(next);
}
