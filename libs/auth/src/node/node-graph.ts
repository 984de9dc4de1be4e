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
import type { Store, StoredObject, StoreEvent, StoreWatch } from '#storage';
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

/**
 * Which objects belong to which node: by its pods, what these name, and the volumes behind their claims. Built when a
 * node first asks for such an object, kept by watches until `close`; a cluster whose nodes never ask holds none of it.
 * A change is seen before its writer has the answer, because the store tells watchers before it acknowledges.
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
  private watches: StoreWatch[] = [];
  private loading: Promise<void> | undefined;
  private loaded = false;
  private closed = false;

  constructor(
    private readonly store: Pick<Store, 'list' | 'watch'>,
    private readonly sandbox: SandboxId,
  ) {}

  /** undefined: ready now. */
  ready(): Promise<void> | undefined {
    if (this.loaded) return undefined;
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  close(): void {
    this.closed = true;
    this.forget();
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

  private async load(): Promise<void> {
    for (const map of [this.pods, this.holders, this.volumes, this.volumesOfSecret, this.owned]) map.clear();
    await this.follow(podKind, (key, object) => this.setPod(key, object));
    await this.follow(persistentVolumeKind, (key, object) => this.setVolume(key, object));
    await this.follow(kindOf('storage.k8s.io', 'volumeattachments'), (key, object) => this.setOwned(key, object));
    await this.follow(kindOf('resource.k8s.io', 'resourceslices'), (key, object) => this.setOwned(key, object));
    this.loaded = !this.closed;
    if (this.closed) this.forget();
  }

  /** `set` is given undefined for what is gone. */
  private async follow(kind: Kind, set: (key: string, object: StoredObject | undefined) => void): Promise<void> {
    const prefix = storagePrefix(kind, undefined);
    const page = await this.store.list(this.sandbox, { prefix });
    for (const stored of page.items) set(stored.key, stored);
    if (this.closed) return;
    const watch = await this.store.watch(this.sandbox, prefix, page.revision, {
      events: (batch: readonly StoreEvent[]) => {
        for (const { type, object } of batch) set(object.key, type === 'DELETED' ? undefined : object);
      },
      closed: () => this.forget(),
    });
    this.watches.push(watch);
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

  /** A watch ended: what is held grows old from now on. */
  private forget(): void {
    this.loaded = false;
    const watches = this.watches;
    this.watches = [];
    for (const watch of watches) watch.cancel();
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
