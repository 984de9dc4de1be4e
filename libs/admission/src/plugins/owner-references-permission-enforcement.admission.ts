import { deepEqual, type OwnerReference, parseApiVersion } from '#apimachinery';
import type { RequestAttributes } from '#auth';
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.js';
import { isCore, refusal } from '../refusal.js';

/**
 * Who sets owners must be able to delete the object, and to hold up its owners where he does. Models plugin gc (1.36).
 */
export const ownerReferencesPermissionEnforcement: AdmissionPlugin = {
  name: 'OwnerReferencesPermissionEnforcement',
  defaultOff: true,
  handles: (request) =>
    (request.operation === 'CREATE' || request.operation === 'UPDATE') && !isCore(request, 'pods', 'status'),
  async validate(request, reads) {
    const now = ownersOf(request.object);
    const before = ownersOf(request.old);
    if (deepEqual(now, before)) return;
    // Who creates it could as well not have.
    if (request.operation !== 'CREATE') {
      const decision = await reads.authorize(request.user, attributesOf(request, 'delete'));
      if (!decision.allowed) {
        throw refusal(request, `cannot set an ownerRef on a resource you can't delete: ${decision.reason}, <nil>`);
      }
    }
    for (const owner of newlyBlocking(now, before)) {
      const decision = await reads.authorize(request.user, finalizersOf(request, owner));
      if (decision.allowed) continue;
      throw refusal(
        request,
        `cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: ${decision.reason}, <nil>`,
      );
    }
  },
};

const ownersOf = (object: AdmissionRequest['object']): readonly OwnerReference[] =>
  object?.metadata.ownerReferences ?? [];

function newlyBlocking(now: readonly OwnerReference[], before: readonly OwnerReference[]): readonly OwnerReference[] {
  const blocking = new Set(before.filter(({ blockOwnerDeletion }) => blockOwnerDeletion).map(({ uid }) => uid));
  return now.filter(({ uid, blockOwnerDeletion }) => blockOwnerDeletion && !blocking.has(uid));
}

function attributesOf({ kind, namespace, name, subresource }: AdmissionRequest, verb: string): RequestAttributes {
  const { group, version, resource } = kind;
  return { kind: 'resource', verb, group, version, resource, subresource, namespace, name };
}

function finalizersOf(
  request: AdmissionRequest,
  { apiVersion, kind: name, name: ownerName }: OwnerReference,
): RequestAttributes {
  const version = parseApiVersion(apiVersion);
  const kind = version && request.kinds.byKind({ ...version, kind: name });
  if (!kind) {
    throw refusal(
      request,
      `cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion ${apiVersion} Kind ${name}: ` +
        `no matches for kind "${name}" in version "${apiVersion}"`,
    );
  }
  return {
    kind: 'resource',
    verb: 'update',
    group: kind.group,
    version: kind.version,
    resource: kind.resource,
    subresource: 'finalizers',
    namespace: kind.namespaced ? request.namespace : '',
    name: ownerName,
  };
}
