import { applyJsonPatch, decodeBody, type Json, type KubeObject, StatusError } from '#apimachinery';
import type { Kind } from '#kinds';
import type { Attributes } from '../dynamic/attributes.js';
import { decoded } from '../dynamic/changed-object.js';
import type { HookAnswer } from './answer.js';
import { HookFailure } from './call-hook.js';

/**
 * What a webhook made of the object, in the version in which it saw it: decoded and defaulted like a body that a user sends,
 * unknown fields dropped. undefined: it leaves the object alone. Fails with HookFailure or a StatusError.
 */
export function patchedObject(name: string, answer: HookAnswer, seen: Attributes, as: Kind): KubeObject | undefined {
  if (answer.patch === undefined) return undefined;
  const operations = operationsOf(name, answer.patch);
  if (operations.length === 0) return undefined;
  if (!seen.object) {
    const why = `admission webhook ${JSON.stringify(name)} attempted to modify the object, which is not supported for this operation`;
    throw StatusError.internal(why);
  }
  if (answer.patchType !== 'JSONPatch') {
    throw new HookFailure(name, `unsupported patch type ${JSON.stringify(answer.patchType)}`);
  }
  let patched: Json;
  try {
    patched = applyJsonPatch(seen.object as unknown as Json, operations);
  } catch (error) {
    throw StatusError.internal((error as Error).message);
  }
  return decoded(patched, seen, as);
}

function operationsOf(name: string, patch: string): readonly Json[] {
  try {
    const operations = decodeBody(Buffer.from(patch, 'base64'), 'json').value;
    if (Array.isArray(operations)) return operations;
  } catch {
    // Said below.
  }
  throw new HookFailure(name, 'received undecodable patch in webhook response: it is no JSON patch in base64');
}
