import { LRUCache } from 'lru-cache';
import { apiVersionOf, type KubeObject, shareSets } from '#apimachinery';
import type { Kind } from '#kinds';
import type { StoredObject } from '#storage';

/** Characters of text behind the parsed objects that are kept; parsed, they cost about three times as much. */
const KEPT_TEXT_MAX = 16 * 1024 * 1024;

/**
 * Parsed forms of stored objects: shared, frozen by convention. Bounded, because parsed objects cost more memory than
 * text and slow garbage collection; what many look at (namespaces, roles, hot pods) stays.
 */
export class ParsedObjects {
  private readonly kept = new LRUCache<StoredObject, KubeObject>({
    maxSize: KEPT_TEXT_MAX,
    sizeCalculation: (_object, stored) => stored.text.length,
  });

  /** Of kinds with conversion webhooks: by version. */
  private readonly converted = new WeakMap<StoredObject, Map<string, KubeObject>>();
  private readonly storageForms = new WeakMap<KubeObject, KubeObject>();

  /** As it is stored. */
  stored(stored: StoredObject): KubeObject {
    let object = this.kept.get(stored);
    if (!object) {
      object = JSON.parse(stored.text) as KubeObject;
      if (object.metadata.managedFields) shareSets(object.metadata.managedFields);
      this.kept.set(stored, object);
    }
    return object;
  }

  /** Whether it can be served in that version without asking a webhook. */
  isIn(stored: StoredObject, apiVersion: string): boolean {
    return this.stored(stored).apiVersion === apiVersion || this.converted.get(stored)?.has(apiVersion) === true;
  }

  /** What a conversion webhook made of it. */
  rememberConverted(stored: StoredObject, apiVersion: string, object: KubeObject): void {
    const known = this.converted.get(stored) ?? new Map<string, KubeObject>();
    this.converted.set(stored, known.set(apiVersion, object));
  }

  rememberStorageForm(object: KubeObject, converted: KubeObject): void {
    this.storageForms.set(object, converted);
  }

  /** What a conversion webhook made of an object that is about to be written. */
  storageForm(object: KubeObject): KubeObject | undefined {
    return this.storageForms.get(object);
  }

  /** In the version of `kind`. */
  served<T extends KubeObject>(kind: Kind<T>, stored: StoredObject): T {
    let object = this.stored(stored);
    if (kind.conversion) object = this.converted.get(stored)?.get(apiVersionOf(kind)) ?? object;
    if (kind.fromStorage) return kind.fromStorage(object);
    const { group, version } = kind.storage;
    if (group === kind.group && version === kind.version) return object as T;
    return { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind } as T;
  }

  /** Keeps what a writer has at hand, so that it is never parsed. `object` is from now on shared. */
  remember(stored: StoredObject, object: KubeObject): void {
    this.kept.set(stored, object);
  }
}
