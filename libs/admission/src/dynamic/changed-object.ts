import { deepCopy, type Json, type KubeObject, setField, StatusError } from '#apimachinery';
import { applySchemaDefaults, decodeErrors, type Kind } from '#kinds';
import type { AdmissionReads, AdmissionRequest } from '../plugin.js';
import { type Attributes, converted, convertedByWebhook, needsWebhook } from './attributes.js';

/** `patched` is the callee's. A subresource's own body (Scale, Binding) has no kind here to be decoded by. */
export function decoded(patched: Json, { kind, object }: Attributes, as: Kind): KubeObject {
  const next = patched as unknown as KubeObject;
  if (next?.kind !== object!.kind || next.apiVersion !== object!.apiVersion) {
    throw StatusError.internal(
      `admission may not change the kind of an object: ${String(next?.apiVersion)}, Kind=${String(next?.kind)}`,
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
export async function takeOver(
  request: AdmissionRequest,
  next: KubeObject,
  as: Kind,
  reads: AdmissionReads,
): Promise<void> {
  const { kind, view, object, bodyKind } = request;
  const asks = needsWebhook(as, kind) && !view?.project && !bodyKind;
  let own = asks ? await convertedByWebhook(next, as, kind, reads) : converted(next, as, kind)!;
  if (view?.project && view.merge) own = view.merge(deepCopy(object!), next, request.env);
  const target = object as unknown as { [key: string]: Json };
  for (const key of Object.keys(target)) delete target[key];
  for (const [key, value] of Object.entries(own)) setField(target, key, value as Json);
}
