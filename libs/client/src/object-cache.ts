import { type KubeObject, type LabelMatcher, type LabelSelector, labelMatcherOf } from '#apimachinery';
import type { Lister } from './informer.js';
import { KeyIndex } from './key-index.js';

/** 'default/web'; cluster-scoped: '/node01'. Names hold no slash, so no two objects share a key. */
export function cacheKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

export function cacheKeyOf({ metadata }: KubeObject): string {
  return cacheKey(metadata.namespace ?? '', metadata.name ?? '');
}

/** Kept while the selector object lives: objects are shared and never mutated, so a selector's matcher never changes. */
const matchers = new WeakMap<LabelSelector, LabelMatcher>();

function matcherOf(selector: LabelSelector | undefined): LabelMatcher {
  if (selector === undefined) return labelMatcherOf(undefined);
  let matcher = matchers.get(selector);
  if (!matcher) matchers.set(selector, (matcher = labelMatcherOf(selector)));
  return matcher;
}

const namespaceOf = (object: KubeObject): string[] => [object.metadata.namespace ?? ''];
const uidOf = (object: KubeObject): string[] => (object.metadata.uid ? [object.metadata.uid] : []);
const ownersOf = (object: KubeObject): string[] => object.metadata.ownerReferences?.map((owner) => owner.uid) ?? [];
const labelsOf = ({ metadata }: KubeObject): string[] =>
  Object.entries(metadata.labels ?? {}).map(([key, value]) => labelValue(metadata.namespace ?? '', key, value));

function labelValue(namespace: string, key: string, value: string): string {
  return `${namespace}/${key}=${value}`;
}

/** Shared by all that are empty, never written. */
const NOTHING = new Map<string, never>();
const NO_INDEXES = new Map<IndexName, never>();

type IndexName = 'namespace' | 'uid' | 'owner' | 'label';
const indexed: Record<IndexName, (object: KubeObject) => string[]> = {
  namespace: namespaceOf,
  uid: uidOf,
  owner: ownersOf,
  label: labelsOf,
};

/**
 * The objects of one resource as last seen, with indexes that are built when first asked for and kept up from then on:
 * most resources of most sandboxes are empty or never asked.
 */
export class ObjectCache<T extends KubeObject> implements Lister<T> {
  private objects: Map<string, T> = NOTHING;
  private indexes: Map<IndexName, KeyIndex<KubeObject>> = NO_INDEXES;

  /** Puts `object` (undefined: removes the key) and gives what was there. */
  set(key: string, object: T | undefined): T | undefined {
    const old = this.objects.get(key);
    if (object === undefined) this.objects.delete(key);
    else this.own().set(key, object);
    for (const index of this.indexes.values()) index.change(key, old, object);
    return old;
  }

  keys(): string[] {
    return [...this.objects.keys()];
  }

  at(key: string): T | undefined {
    return this.objects.get(key);
  }

  get(namespace: string, name: string): T | undefined {
    return this.objects.get(cacheKey(namespace, name));
  }

  list(namespace?: string): readonly T[] {
    return namespace === undefined ? [...this.objects.values()] : this.indexedBy('namespace', namespace);
  }

  select(namespace: string, selector: LabelSelector | undefined): readonly T[] {
    const matcher = matcherOf(selector);
    const keys = this.narrowest(namespace, selector?.matchLabels);
    if (!keys) return this.list(namespace).filter((object) => matcher.matches(object.metadata.labels));
    return this.of(keys).filter((object) => matcher.matches(object.metadata.labels));
  }

  ownedBy(uid: string): readonly T[] {
    return this.indexedBy('owner', uid);
  }

  byUid(uid: string): T | undefined {
    return this.indexedBy('uid', uid)[0];
  }

  count(namespace?: string): number {
    return namespace === undefined ? this.objects.size : (this.index('namespace').keys(namespace)?.size ?? 0);
  }

  /** The shortest list of candidates that one of the labels gives; undefined without labels. */
  private narrowest(namespace: string, labels: Record<string, string> | undefined): ReadonlySet<string> | undefined {
    let best: ReadonlySet<string> | undefined;
    for (const [key, value] of Object.entries(labels ?? {})) {
      const keys = this.index('label').keys(labelValue(namespace, key, value)) ?? new Set<string>();
      if (!best || keys.size < best.size) best = keys;
    }
    return best;
  }

  private indexedBy(name: IndexName, value: string): T[] {
    const keys = this.index(name).keys(value);
    return keys ? this.of(keys) : [];
  }

  private of(keys: ReadonlySet<string>): T[] {
    const found: T[] = [];
    for (const key of keys) {
      const object = this.objects.get(key);
      if (object) found.push(object);
    }
    return found;
  }

  private own(): Map<string, T> {
    if (this.objects === NOTHING) this.objects = new Map();
    return this.objects;
  }

  private index(name: IndexName): KeyIndex<KubeObject> {
    let index = this.indexes.get(name);
    if (!index) {
      index = new KeyIndex(indexed[name]);
      for (const [key, object] of this.objects) index.change(key, undefined, object);
      if (this.indexes === NO_INDEXES) this.indexes = new Map();
      this.indexes.set(name, index);
    }
    return index;
  }
}
