import {
  apiVersionOf,
  type GroupVersionKind,
  type GroupVersionResource,
  type KubeObject,
  StatusError,
} from '#apimachinery';
import type { Kind } from '#kinds';
import type { AdmissionReads, AdmissionRequest } from '../plugin.js';

/** A request as webhooks and policies see it: in one version, subresources as their own kind. Models VersionedAttributes (1.36). */
export interface Attributes {
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
}

const CONFIGURATION_GROUP = 'admissionregistration.k8s.io';

/** Webhooks and policies never stand in the way of webhooks and policies: a bad one can always be taken away. */
export function isExempt({ kind }: AdmissionRequest): boolean {
  return kind.group === CONFIGURATION_GROUP;
}

/** A namespace is inside itself, as in authorization. */
export function namespaceOf({ kind, namespace, name }: AdmissionRequest): string {
  return kind.group === '' && kind.resource === 'namespaces' ? name : namespace;
}

/** The request as it came. */
export function attributesOf(request: AdmissionRequest): Attributes {
  return attributesAs(request, request.kind);
}

/** The same in the version of `as`, another kind of the same stored objects. */
export function attributesAs(request: AdmissionRequest, as: Kind): Attributes {
  const { kind, view, bodyKind, object, old } = request;
  const resource = { group: as.group, version: as.version, resource: as.resource };
  if (view?.project) {
    const project = (parent: KubeObject | undefined) => parent && view.project?.(parent);
    const { group, version, kind: name } = view.body ?? kind;
    return { kind: { group, version, kind: name }, resource, object: project(object), old: project(old) };
  }
  if (bodyKind) return { kind: bodyKind, resource, object, old };
  const shown = { group: as.group, version: as.version, kind: as.kind };
  return { kind: shown, resource, object: converted(object, kind, as), old: converted(old, kind, as) };
}

/** Shares parts with `object`. */
export function converted(object: KubeObject | undefined, from: Kind, to: Kind): KubeObject | undefined {
  if (!object || from === to) return object;
  const stored = from.toStorage ? from.toStorage(object) : { ...object, apiVersion: apiVersionOf(from.storage) };
  return to.fromStorage ? to.fromStorage(stored) : { ...stored, apiVersion: apiVersionOf(to), kind: to.kind };
}

/** The same where versions may differ in more than their name: definitions with a conversion webhook ask it. */
export async function seenAs(request: AdmissionRequest, as: Kind, reads: AdmissionReads): Promise<Attributes> {
  const { kind, view, bodyKind, object, old } = request;
  if (!needsWebhook(kind, as) || view?.project || bodyKind) return attributesAs(request, as);
  const inVersion = (one: KubeObject | undefined) => one && convertedByWebhook(one, kind, as, reads);
  return {
    kind: { group: as.group, version: as.version, kind: as.kind },
    resource: { group: as.group, version: as.version, resource: as.resource },
    object: await inVersion(object),
    old: await inVersion(old),
  };
}

export function needsWebhook(from: Kind, to: Kind): boolean {
  return from !== to && from.conversion !== undefined;
}

/** Fails as upstream does, which says twice that it is an internal error. */
export async function convertedByWebhook(
  object: KubeObject,
  from: Kind,
  to: Kind,
  reads: AdmissionReads,
): Promise<KubeObject> {
  try {
    if (!reads.convert) throw StatusError.internal('no webhooks are called here');
    return await reads.convert(from, to, object);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    throw StatusError.internal(StatusError.internal(error.message).message);
  }
}

/** Other served names of the same stored objects: rules that name one of those match as well under policy Equivalent. */
export function equivalentsOf({ kind, kinds }: AdmissionRequest): readonly Kind[] {
  const { groupResource } = kind.storage;
  return kinds.all.filter((other) => other !== kind && other.storage.groupResource === groupResource && !other.virtual);
}
