import type { SandboxId } from '#base';
import { apiVersionOf, type KubeObject } from '#apimachinery';
import type { Kind } from '#kinds';
import type { StoredObject } from '#storage';
import { convertObjects, type Converting } from './conversion-webhook.js';

/**
 * Asks the conversion webhook for those of `stored` that are not in the version of `kind`, all in one call, and keeps
 * the answers beside the parsed objects, where readers find them. Nothing for kinds that convert by themselves.
 * Models apiserver/conversion of apiextensions (1.36). Differs: upstream asks for one object at a time here.
 */
export async function convertStored(
  parts: Converting,
  sandbox: SandboxId,
  kind: Kind,
  stored: readonly StoredObject[],
): Promise<void> {
  if (!kind.conversion) return;
  const wanted = apiVersionOf(kind);
  const waiting = stored.filter((one) => !parts.parsed.isIn(one, wanted));
  if (waiting.length === 0) return;
  const objects = waiting.map((one) => parts.parsed.stored(one));
  const converted = await convertObjects(parts, sandbox, kind.conversion, objects, wanted);
  converted.forEach((object, i) => parts.parsed.rememberConverted(waiting[i]!, wanted, object));
}

/** All that stands under `prefix`: for selectors on fields, which each version has its own of. */
export async function convertAll(parts: Converting, sandbox: SandboxId, kind: Kind, prefix: string): Promise<void> {
  const { items } = await parts.store.list(sandbox, { prefix });
  await convertStored(parts, sandbox, kind, items);
}

/** The same for what is about to be written. */
export async function convertToStorage(
  parts: Converting,
  sandbox: SandboxId,
  kind: Kind,
  object: KubeObject,
): Promise<void> {
  const wanted = apiVersionOf(kind.storage);
  if (!kind.conversion || apiVersionOf(kind) === wanted) return;
  const [converted] = await convertObjects(parts, sandbox, kind.conversion, [object], wanted);
  parts.parsed.rememberStorageForm(object, kind.toStorage?.(converted!) ?? converted!);
}
