import { AuthorizerValue, type CelDecide, type CelUser, ResourceCheckValue } from '#cel';
import type { GroupVersionResource } from '#apimachinery';
import { type Namespace, namespaceKind } from '#kinds';
import { type Attributes, attributesOf, namespaceOf } from '../dynamic/attributes.js';
import type { AdmissionReads, AdmissionRequest } from '../plugin.js';
import { userInfoOf } from '../dynamic/user-info.js';
import type { Inputs } from './expression.js';

/** `request` of expressions: an AdmissionReview's request without the objects. Models CreateAdmissionRequest (1.36). */
export function requestInput(request: AdmissionRequest, seen: Attributes, resource: GroupVersionResource): object {
  const { subresource, name, operation, dryRun, options, kind } = request;
  const asked = attributesOf({ ...request, object: undefined, old: undefined });
  const namespace = namespaceOf(request);
  return {
    kind: seen.kind,
    resource: { group: resource.group, version: resource.version, resource: resource.resource },
    ...(subresource === '' ? {} : { subResource: subresource, requestSubResource: subresource }),
    requestKind: asked.kind,
    requestResource: { group: kind.group, version: kind.version, resource: kind.resource },
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: userInfoOf(request),
    dryRun,
    options,
  };
}

/** All but `params`, `variables` and the authorizer's. */
export async function policyInputs(
  request: AdmissionRequest,
  reads: AdmissionReads,
  seen: Attributes,
): Promise<Inputs> {
  return {
    object: seen.object ?? null,
    oldObject: seen.old ?? null,
    request: requestInput(request, seen, seen.resource),
    namespaceObject: namespaceInput(await namespaceOfRequest(request, reads)),
  };
}

export function authorizerInputs(request: AdmissionRequest, decide: CelDecide): Inputs {
  const { username, ...rest } = request.user;
  const authorizer = new AuthorizerValue({ name: username, ...rest } satisfies CelUser, decide);
  const { kind, subresource, name } = request;
  const resource = { group: kind.group, resource: kind.resource, subresource, namespace: namespaceOf(request), name };
  return { authorizer, 'authorizer.requestResource': new ResourceCheckValue(authorizer, resource) };
}

/** undefined: the request is about nothing in a namespace, or about a namespace itself. */
async function namespaceOfRequest(request: AdmissionRequest, reads: AdmissionReads): Promise<Namespace | undefined> {
  if (request.namespace === '') return undefined;
  return reads.get(namespaceKind, '', request.namespace);
}

/** What expressions see of a namespace. Models CreateNamespaceObject (1.36). */
function namespaceInput(namespace: Namespace | undefined): unknown {
  if (!namespace) return null;
  const { uid, managedFields: _managed, ownerReferences: _owners, ...metadata } = namespace.metadata;
  return { metadata: { ...metadata, ...(uid ? { UID: uid } : {}) }, spec: namespace.spec, status: namespace.status };
}
