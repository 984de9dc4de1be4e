import type { SandboxId } from '#base';
import { type Json, type KubeObject, StatusError } from '#apimachinery';
import type { Kind } from '#kinds';
import { convertObjects, type Converting } from './conversion-webhook.js';

/** An object in another served version of its kind. */
export type Convert = (object: Json, apiVersion: string) => Json;

/** Served versions are few, and each is asked for the old and the new object: more means that the questions never end. */
const CALLS_MAX = 64;

/** Thrown by a `Convert` that has to ask first, through whoever called it. */
class Unasked extends Error {
  constructor(
    readonly object: Json,
    readonly apiVersion: string,
    readonly key: string,
  ) {
    super('a conversion has to be asked for');
  }
}

/**
 * Runs `work`, which compares versions and cannot wait: until it has every conversion that it asks for, it is run again. So
 * it must have no effect but its result. Kinds without a webhook cost nothing, and are given no `convert`.
 */
export function converting<T>(
  parts: Converting,
  sandbox: SandboxId,
  kind: Kind,
  work: (convert?: Convert) => T,
): T | Promise<T> {
  return kind.conversion ? withConversions(parts, sandbox, kind.conversion, work) : work();
}

async function withConversions<T>(
  parts: Converting,
  sandbox: SandboxId,
  webhook: NonNullable<Kind['conversion']>,
  work: (convert: Convert) => T,
): Promise<T> {
  const known = new Map<string, Json>();
  const convert: Convert = (object, apiVersion) => {
    const key = `${apiVersion} ${JSON.stringify(object)}`;
    const found = known.get(key);
    if (found === undefined) throw new Unasked(object, apiVersion, key);
    return found;
  };
  for (let call = 0; call < CALLS_MAX; call++) {
    try {
      return work(convert);
    } catch (error) {
      if (!(error instanceof Unasked)) throw error;
      const objects = [error.object as unknown as KubeObject];
      const [converted] = await convertObjects(parts, sandbox, webhook, objects, error.apiVersion);
      known.set(error.key, converted as unknown as Json);
    }
  }
  throw StatusError.internal('the owners of fields could not be told: too many conversions');
}
