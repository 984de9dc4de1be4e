import { type KubeObject, type OwnerReference, parseApiVersion } from '#apimachinery';
import type { Informer, Informers } from '#client';
import type { ControllerContext, ObjectKey } from '#controller-runtime';
import type { Kind, KindCatalog } from '#kinds';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** An object as the collector names it. */
export interface GraphNode {
  readonly kind: Kind;
  readonly object: KubeObject;
}

/**
 * Who owns whom, over all resources of one sandbox. It holds nothing itself: edges are the informers' owner indexes over
 * metadata, so there is no second copy to keep in step. Upstream keeps a graph of its own, because its informers do not
 * index. Models pkg/controller/garbagecollector/graph_builder.go (1.36).
 */
export class OwnerGraph {
  private readonly informers = new Map<Kind, Informer<KubeObject>>();
  private readonly kindsById = new Map<string, Kind>();

  constructor(
    readonly catalog: KindCatalog,
    informers: Informers,
  ) {
    for (const kind of collectedKinds(catalog)) {
      this.informers.set(kind, informers.metadataOf(kind));
      this.kindsById.set(`${kind.group}/${kind.resource}`, kind);
    }
  }

  find(key: ObjectKey): GraphNode | undefined {
    const nameAt = key.name.indexOf('/', key.name.indexOf('/') + 1);
    const kind = this.kindsById.get(key.name.slice(0, nameAt));
    const object = kind && this.informers.get(kind)!.get(key.namespace, key.name.slice(nameAt + 1));
    return object && { kind, object };
  }

  dependentsOf(uid: string): GraphNode[] {
    const found: GraphNode[] = [];
    for (const [kind, informer] of this.informers) {
      if (informer.count() === 0) continue;
      for (const object of informer.ownedBy(uid)) found.push({ kind, object });
    }
    return found;
  }

  /** The kind that a reference names, in any served version; undefined when there is none. */
  kindOf({ apiVersion, kind }: OwnerReference): Kind | undefined {
    const gv = parseApiVersion(apiVersion);
    const named = gv && this.catalog.byKind({ ...gv, kind });
    return named && this.kindsById.get(`${named.group}/${named.resource}`);
  }

  /** The owner as last seen, when it is the one that the reference means: same uid, name and namespace. */
  ownerOf(dependent: KubeObject, reference: OwnerReference): GraphNode | undefined {
    const kind = this.kindOf(reference);
    const object = kind && this.informers.get(kind)!.byUid(reference.uid);
    if (!object || object.metadata.name !== reference.name) return undefined;
    if (kind.namespaced && object.metadata.namespace !== dependent.metadata.namespace) return undefined;
    return { kind, object };
  }
}

/** One graph per sandbox, for its watches and its reconciles. */
const graphs = new WeakMap<Informers, OwnerGraph>();
export function graphOf({ kinds, informers }: ControllerContext): OwnerGraph {
  let graph = graphs.get(informers);
  if (graph?.catalog !== kinds) graphs.set(informers, (graph = new OwnerGraph(kinds, informers)));
  return graph;
}

/** All that can be listed, watched and deleted, once per resource. Events own nothing and go by their age. */
export function collectedKinds(catalog: KindCatalog): Kind[] {
  const needed = ['list', 'watch', 'delete'] as const;
  const byStorage = new Map<string, Kind>();
  for (const kind of catalog.all) {
    if (kind.kind === 'Event' || !needed.every((verb) => kind.verbs.includes(verb))) continue;
    const preferred = catalog.preferred(kind.group, kind.resource) ?? kind;
    if (!byStorage.has(kind.storage.groupResource)) byStorage.set(kind.storage.groupResource, preferred);
  }
  return [...byStorage.values()];
}

export function keyOfNode({ kind, object }: GraphNode): ObjectKey {
  return {
    namespace: object.metadata.namespace ?? '',
    name: `${kind.group}/${kind.resource}/${object.metadata.name}`,
  };
}

/** Goes only after its dependents. */
export function isForegroundDeleting({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(FOREGROUND);
}

export function isOrphaning({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(ORPHAN);
}
