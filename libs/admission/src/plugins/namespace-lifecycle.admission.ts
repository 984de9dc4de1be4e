import { StatusError } from '#apimachinery';
import { namespaceKind } from '#kinds';
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.js';
import { isCore, refusal } from '../refusal.js';

const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

/** Asking about a namespace must not tell whether it is there. */
const ACCESS_REVIEW = 'localsubjectaccessreviews';

function isNamespace(request: AdmissionRequest): boolean {
  return isCore(request, 'namespaces', request.subresource);
}

/** Nothing enters a namespace that is not there or on its way out. Models plugin/namespace/lifecycle (1.36). */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  handles(request) {
    if (isNamespace(request)) return request.operation === 'DELETE';
    if (request.operation === 'DELETE' || request.operation === 'CONNECT') return false;
    return request.kind.namespaced && request.kind.resource !== ACCESS_REVIEW;
  },
  async mutate(request, reads) {
    if (isNamespace(request)) {
      if (IMMORTAL.has(request.name)) throw refusal(request, 'this namespace may not be deleted');
      return;
    }
    const namespace = await reads.get(namespaceKind, '', request.namespace);
    if (!namespace) throw StatusError.notFound({ group: '', resource: 'namespaces' }, request.namespace);
    if (request.operation !== 'CREATE' || request.subresource !== '') return;
    if (namespace.status?.phase !== 'Terminating') return;
    const why = `unable to create new content in namespace ${request.namespace} because it is being terminated`;
    throw refusal(request, why, [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${request.namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ]);
  },
};
