import { fieldElement, type FieldSet, setOfPaths } from '#apimachinery';
import { isBuiltInSchema, type Kind } from '#kinds';
import { groupResourceOf } from '../subject.js';
import { hasStatus } from './rules.js';

/**
 * Fields that a path takes from nobody, so that nobody owns them by writing there: the status on the main path, all but the
 * status on that of the status. Models GetResetFields of upstream's strategies (1.36).
 */
export function resetFieldsOf(kind: Kind, subresource: string): FieldSet | undefined {
  let ofKind = known.get(kind);
  if (!ofKind) known.set(kind, (ofKind = new Map()));
  if (!ofKind.has(subresource)) ofKind.set(subresource, found(kind, subresource));
  return ofKind.get(subresource);
}

const known = new WeakMap<Kind, Map<string, FieldSet | undefined>>();

function found(kind: Kind, subresource: string): FieldSet | undefined {
  const own = OWN[groupResourceOf(kind)]?.[subresource];
  if (own) return own;
  if (subresource === 'status') return isBuiltInSchema(kind) ? SPEC : ALL_BUT_STATUS;
  return OF_PARENT.has(subresource) && hasStatus(kind) ? STATUS : undefined;
}

function fields(...paths: readonly string[]): FieldSet {
  return setOfPaths(...paths.map((path) => path.split('.').map(fieldElement)));
}

const STATUS = fields('status');
const SPEC = fields('spec');
/** Of custom resources. */
const ALL_BUT_STATUS = fields('metadata', 'spec');

/** Paths whose body is the whole object, with its main path's strategy. */
const OF_PARENT = new Set(['', 'ephemeralcontainers', 'finalize']);

/** By 'resource.group' and subresource, where it is more than the rule. */
const OWN: Readonly<Record<string, Readonly<Record<string, FieldSet>>>> = {
  pods: {
    status: fields('spec', 'metadata.deletionTimestamp', 'metadata.ownerReferences'),
    resize: fields('status', 'metadata'),
  },
  'deployments.apps': { status: fields('spec', 'metadata.labels') },
  'certificatesigningrequests.certificates.k8s.io': {
    '': fields('spec', 'status'),
    status: fields('spec', 'status.conditions'),
    approval: fields('spec', 'status.certificate'),
  },
  'flowschemas.flowcontrol.apiserver.k8s.io': { status: fields('metadata', 'spec') },
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': { status: fields('metadata', 'spec') },
  'devicetaintrules.resource.k8s.io': { status: fields('metadata', 'spec') },
  'resourcepoolstatusrequests.resource.k8s.io': { status: fields('metadata', 'spec') },
  'podgroups.scheduling.k8s.io': { status: fields('metadata', 'spec') },
  'storageversionmigrations.storagemigration.k8s.io': { status: fields('metadata', 'spec') },
  'volumeattachments.storage.k8s.io': { status: fields('metadata', 'spec') },
  'customresourcedefinitions.apiextensions.k8s.io': { status: fields('metadata', 'spec') },
};
