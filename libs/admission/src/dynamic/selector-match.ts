import { type KubeObject, type LabelMatcher, StatusError } from '#apimachinery';
import { namespaceKind } from '#kinds';
import type { AdmissionReads, AdmissionRequest } from '../plugin.js';
import { namespaceOf } from './attributes.js';

/**
 * Whether the namespace of the request is selected; what belongs to no namespace always is. Fails with 404 when there is
 * none of that name. Models namespace.Matcher of apiserver's webhook predicates (1.36).
 */
export async function namespaceMatches(
  selector: LabelMatcher,
  request: AdmissionRequest,
  reads: AdmissionReads,
): Promise<boolean> {
  const name = namespaceOf(request);
  if (selector.empty || (name === '' && request.kind.resource !== 'namespaces')) return true;
  if (isNamespaceWrite(request)) return selector.matches(request.object?.metadata.labels);
  const namespace = await reads.get(namespaceKind, '', name);
  if (!namespace) throw StatusError.notFound({ group: '', resource: 'namespaces' }, name);
  return selector.matches(namespace.metadata.labels);
}

/** The stored one does not have the labels yet that this request gives it. */
function isNamespaceWrite({ kind, subresource, operation }: AdmissionRequest): boolean {
  if (kind.group !== '' || kind.resource !== 'namespaces' || subresource !== '') return false;
  return operation === 'CREATE' || operation === 'UPDATE';
}

/** The object as it was counts as well: nobody slips out of a selector by taking a label away. */
export function objectMatches(selector: LabelMatcher, { object, old }: AdmissionRequest): boolean {
  const selected = (one: KubeObject | undefined) =>
    one?.metadata !== undefined && selector.matches(one.metadata.labels);
  return selector.empty || selected(object) || selected(old);
}
