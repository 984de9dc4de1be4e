import type { Revision, SandboxId } from '#base';
import { apiVersionOf, encodeCanonical, type KubeObject } from '#apimachinery';
import { type Kind, storageKey } from '#kinds';
import type { StoredObject, Write } from '#storage';
import { facetsOf, storedKindOf } from '../facets.js';
import type { Parts } from '../parts.js';
import type { RequestContext } from '../request.js';

/** The object as it is stored: in the storage version, with the metadata of the served one. */
export function toStored(parts: Pick<Parts, 'parsed'>, kind: Kind, object: KubeObject): KubeObject {
  if (kind.conversion) return parts.parsed.storageForm(object) ?? object;
  if (kind.toStorage) return kind.toStorage(object);
  const { group, version } = kind.storage;
  if (group === kind.group && version === kind.version) return object;
  return { ...object, apiVersion: apiVersionOf(kind.storage) };
}

export function writeOf(
  parts: Pick<Parts, 'parsed'>,
  ctx: RequestContext,
  kind: Kind,
  object: KubeObject,
  expected: Revision | 0,
  op: Write['op'] = 'put',
): Write {
  const stored = toStored(parts, kind, object);
  const { namespace = '', name = '' } = object.metadata;
  return {
    key: storageKey(kind, namespace, name),
    expected,
    op,
    text: encodeCanonical(stored),
    facets: facetsOf(storedKindOf(ctx.kinds, kind), stored),
    ...(kind.encrypted ? { encrypted: true } : {}),
  };
}

/** Writes one object; what was written is remembered in its parsed form, so that nobody parses it again. */
export async function commitOne(
  parts: Parts,
  ctx: RequestContext,
  kind: Kind,
  object: KubeObject,
  write: Write,
): Promise<StoredObject> {
  const end = ctx.trace.start('store', { verb: write.op, key: write.key });
  const [stored] = await commit(parts, ctx.env.id, [write]);
  end({ revision: stored!.revision });
  if (!kind.toStorage) {
    const own = toStored(parts, kind, object);
    own.metadata = { ...own.metadata, resourceVersion: String(stored!.revision) };
    parts.parsed.remember(stored!, own);
  }
  return stored!;
}

export async function commit(
  parts: Pick<Parts, 'store' | 'published'>,
  sandbox: SandboxId,
  writes: readonly Write[],
): Promise<readonly StoredObject[]> {
  const written = await parts.store.commit(sandbox, writes);
  parts.published.note(sandbox, written);
  return written;
}
