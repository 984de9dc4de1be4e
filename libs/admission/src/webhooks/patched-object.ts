import { applyJsonPatch, decodeBody, deepCopy, type Json, type KubeObject, setField, StatusError } from '#apimachinery';
import { applySchemaDefaults, decodeErrors, type Kind } from '#kinds';
import { type Attributes, converted } from '../dynamic/attributes.js';
import type { AdmissionRequest } from '../plugin.js';
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

/** `patched` is the callee's. A subresource's own body (Scale, Binding) has no kind here to be decoded by. */
function decoded(patched: Json, { kind, object }: Attributes, as: Kind): KubeObject {
  const next = patched as unknown as KubeObject;
  if (next?.kind !== object!.kind || next.apiVersion !== object!.apiVersion) {
    throw StatusError.internal(
      `a webhook may not change the kind of an object: ${String(next?.apiVersion)}, Kind=${String(next?.kind)}`,
    );
  }
  if (as.kind !== kind.kind) return next;
  const { wrong } = decodeErrors(as, patched);
  if (wrong.length > 0) throw StatusError.internal(wrong[0]!);
  next.metadata ??= {};
  applySchemaDefaults(as, next);
  as.applyDefaults?.(next);
  return next;
}

/** Makes `next`, seen as `as`, the object of the request: in place, since all hold on to that object. */
export function takeOver(request: AdmissionRequest, next: KubeObject, as: Kind): void {
  const { kind, view, object } = request;
  let own = converted(next, as, kind)!;
  if (view?.project && view.merge) own = view.merge(deepCopy(object!), next, request.env);
  const target = object as unknown as { [key: string]: Json };
  for (const key of Object.keys(target)) delete target[key];
  for (const [key, value] of Object.entries(own)) setField(target, key, value as Json);
}
