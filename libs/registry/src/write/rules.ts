import type { Kind } from '#kinds';
import { groupResourceOf } from '../subject.js';

/** What strategies say upstream (1.36) besides hooks: AllowCreateOnUpdate, AllowUnconditionalUpdate, ReturnDeletedObject. */
interface WriteRules {
  readonly createOnUpdate: boolean;
  readonly unconditionalUpdate: boolean;
  readonly returnsDeleted: boolean;
  /** What becomes of dependents when nobody says: unsupported means that no finalizer is ever added for them. */
  readonly dependents: 'background' | 'orphan' | 'unsupported';
}

const CREATE_ON_UPDATE = new Set([
  'endpoints',
  'events',
  'events.events.k8s.io',
  'leases.coordination.k8s.io',
  'limitranges',
  'services',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
]);

const NEEDS_REVISION = new Set([
  'apiservices.apiregistration.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'leases.coordination.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'poddisruptionbudgets.policy',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'volumeattachments.storage.k8s.io',
]);

const RETURNS_DELETED = new Set([
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
  'services',
]);

/** Kept for compatibility with the first clients. */
const ORPHANS_DEPENDENTS = new Set(['jobs.batch', 'replicationcontrollers']);
const NO_DEPENDENTS = new Set(['events', 'events.events.k8s.io']);

/** Kinds whose status has a path of its own ignore it everywhere else. */
export function hasStatus(kind: Kind): boolean {
  return kind.subresources.some(({ name }) => name === 'status');
}

const known = new WeakMap<Kind, WriteRules>();

export function rulesOf(kind: Kind): WriteRules {
  let rules = known.get(kind);
  if (!rules) {
    const name = groupResourceOf(kind);
    rules = {
      createOnUpdate: kind.createOnUpdate ?? CREATE_ON_UPDATE.has(name),
      unconditionalUpdate: kind.unconditionalUpdate ?? !NEEDS_REVISION.has(name),
      returnsDeleted: RETURNS_DELETED.has(name),
      dependents: NO_DEPENDENTS.has(name) ? 'unsupported' : ORPHANS_DEPENDENTS.has(name) ? 'orphan' : 'background',
    };
    known.set(kind, rules);
  }
  return rules;
}
