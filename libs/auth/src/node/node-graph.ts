import { invariant, type SandboxId } from '#base';
import {
  builtInKinds,
  type Kind,
  type PersistentVolume,
  type Pod,
  persistentVolumeKind,
  podKind,
  storagePrefix,
} from '#kinds';
import { type Store, type StoredObject, StoreView, type ViewedPrefix } from '#storage';
import { referencesOf } from './pod-references.js';

interface PodEntry {
  readonly node: string;
  readonly references: readonly string[];
}

interface VolumeEntry {
  /** 'persistentvolumeclaims/default/data' */
  readonly claim: string;
  readonly secrets: readonly string[];
}

function kindOf(group: string, resource: string): Kind {
  const kind = builtInKinds.preferred(group, resource);
  invariant(kind, `${resource}.${group} is served`);
  return kind;
}

const prefixOf = (kind: Kind) => storagePrefix(kind, undefined);

/**
 * Which objects belong to which node: by its pods, what these name, and the volumes behind their claims. Built when a
 * node first asks for such an object: a cluster whose nodes never ask holds none of it.
 */
export class NodeGraph {
  private readonly pods = new Map<string, PodEntry>();
  /** Reference → the pods (by key) that hold it. */
  private readonly holders = new Map<string, Set<string>>();
  private readonly volumes = new Map<string, VolumeEntry>();
  /** Secret → the volumes (by key) that need it. */
  private readonly volumesOfSecret = new Map<string, Set<string>>();
  /** Key of an attachment or slice → its node. */
  private readonly owned = new Map<string, string>();
  private readonly view: StoreView;

  constructor(store: Pick<Store, 'list' | 'watch'>, sandbox: SandboxId) {
    const setOwned = (key: string, stored: StoredObject | undefined) => this.setOwned(key, stored);
    const prefixes: ViewedPrefix[] = [
      { prefix: prefixOf(podKind), set: (key, stored) => this.setPod(key, stored) },
      { prefix: prefixOf(persistentVolumeKind), set: (key, stored) => this.setVolume(key, stored) },
      { prefix: prefixOf(kindOf('storage.k8s.io', 'volumeattachments')), set: setOwned },
      { prefix: prefixOf(kindOf('resource.k8s.io', 'resourceslices')), set: setOwned },
    ];
    const maps = [this.pods, this.holders, this.volumes, this.volumesOfSecret, this.owned];
    this.view = new StoreView(store, sandbox, { prefixes, begin: () => maps.forEach((map) => map.clear()) });
  }

  /** undefined: ready now. */
  ready(): Promise<void> | undefined {
    return this.view.ready();
  }

  close(): void {
    this.view.close();
  }

  /** `resource` as the store names it: 'secrets', 'volumeattachments.storage.k8s.io'. */
  belongs(node: string, resource: string, namespace: string, name: string): boolean {
    const key = `${resource}/${namespace}/${name}`;
    switch (resource) {
      case 'pods':
        return this.pods.get(key)?.node === node;
      case 'persistentvolumes':
        return this.isHeld(node, this.volumes.get(key)?.claim);
      case 'volumeattachments.storage.k8s.io':
      case 'resourceslices.resource.k8s.io':
        return this.owned.get(key) === node;
      default:
        return this.isHeld(node, key) || this.isBehindVolume(node, key);
    }
  }

  private isHeld(node: string, reference: string | undefined): boolean {
    if (reference === undefined) return false;
    for (const pod of this.holders.get(reference) ?? []) if (this.pods.get(pod)?.node === node) return true;
    return false;
  }

  private isBehindVolume(node: string, secret: string): boolean {
    for (const volume of this.volumesOfSecret.get(secret) ?? []) {
      if (this.isHeld(node, this.volumes.get(volume)?.claim)) return true;
    }
    return false;
  }

  private setPod(key: string, stored: StoredObject | undefined): void {
    for (const reference of this.pods.get(key)?.references ?? []) drop(this.holders, reference, key);
    this.pods.delete(key);
    if (!stored) return;
    const pod = JSON.parse(stored.text) as Pod;
    if (!pod.spec.nodeName) return;
    const references = referencesOf(pod);
    this.pods.set(key, { node: pod.spec.nodeName, references });
    for (const reference of references) add(this.holders, reference, key);
  }

  private setVolume(key: string, stored: StoredObject | undefined): void {
    for (const secret of this.volumes.get(key)?.secrets ?? []) drop(this.volumesOfSecret, secret, key);
    this.volumes.delete(key);
    if (!stored) return;
    const { spec } = JSON.parse(stored.text) as PersistentVolume;
    if (!spec?.claimRef) return;
    const { namespace = '', name = '' } = spec.claimRef;
    const secrets = secretsOfVolume(spec, namespace);
    this.volumes.set(key, { claim: `persistentvolumeclaims/${namespace}/${name}`, secrets });
    for (const secret of secrets) add(this.volumesOfSecret, secret, key);
  }

  private setOwned(key: string, stored: StoredObject | undefined): void {
    this.owned.delete(key);
    if (!stored) return;
    const { spec } = JSON.parse(stored.text) as { spec?: { nodeName?: string } };
    if (spec?.nodeName) this.owned.set(key, spec.nodeName);
  }
}

/** Those that a kubelet needs to mount it. Models VisitPVSecretNames (1.36). */
function secretsOfVolume(spec: NonNullable<PersistentVolume['spec']>, claimNamespace: string): string[] {
  const { azureFile, cephfs, cinder, csi, flexVolume, iscsi, rbd, scaleIO, storageos } = spec;
  const references = [
    azureFile && { name: azureFile.secretName, namespace: azureFile.secretNamespace },
    cephfs?.secretRef,
    cinder?.secretRef,
    csi?.nodePublishSecretRef,
    csi?.nodeStageSecretRef,
    csi?.nodeExpandSecretRef,
    flexVolume?.secretRef,
    iscsi?.secretRef,
    rbd?.secretRef,
    scaleIO?.secretRef,
    storageos?.secretRef,
  ];
  return references.flatMap((one) => (one?.name ? [`secrets/${one.namespace || claimNamespace}/${one.name}`] : []));
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}

function drop(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key);
  set?.delete(value);
  if (set?.size === 0) map.delete(key);
}
