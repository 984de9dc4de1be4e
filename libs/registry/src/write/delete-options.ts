import { type FieldError, fieldError, type KubeObject, StatusError } from '#apimachinery';
import type { Kind } from '#kinds';
import type { DeleteRequest } from '../request.js';

const POLICIES = ['Foreground', 'Background', 'Orphan'];

/** Models ValidateDeleteOptions (1.36). */
export function checkDeleteOptions(request: DeleteRequest): void {
  const errors: FieldError[] = [];
  if (request.orphanDependents !== undefined && request.propagationPolicy !== undefined) {
    errors.push(
      fieldError.invalid(
        'propagationPolicy',
        request.propagationPolicy,
        'orphanDependents and deletionPropagation cannot be both set',
      ),
    );
  }
  if (request.propagationPolicy !== undefined && !POLICIES.includes(request.propagationPolicy)) {
    errors.push(fieldError.notSupported('propagationPolicy', request.propagationPolicy, [...POLICIES, 'nil']));
  }
  if (errors.length > 0) throw StatusError.invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
}

/** Fails with 409 when the object is not the one that the deleter means. Models rest.BeforeDelete (1.36). */
export function checkPreconditions(kind: Kind, { metadata }: KubeObject, { preconditions }: DeleteRequest): void {
  const about = { group: kind.group, resource: kind.kind };
  const name = metadata.name ?? '';
  if (preconditions?.uid !== undefined && preconditions.uid !== metadata.uid) {
    throw StatusError.conflict(
      about,
      name,
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${metadata.uid}). ` +
        'The object might have been deleted and then recreated',
    );
  }
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== metadata.resourceVersion) {
    throw StatusError.conflict(
      about,
      name,
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion ` +
        `in record (${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}
