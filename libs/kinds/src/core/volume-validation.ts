import { deepEqual, dns1123Label, dns1123Subdomain, type FieldError, fieldError, parseQuantity } from '#apimachinery';
import { checkForm, checkName, checkOneOf, IMMUTABLE, NIL } from '../field-rules.js';
import type { PersistentVolume, PersistentVolumeSpec, SecretReference } from '../generated/types.js';
import { goJson } from '../internal/go-json.js';
import { shapeDiff } from '../internal/shape-diff.js';
import { checkNoBacksteps } from '../path-rules.js';
import { checkAccessModes, VOLUME_MODES } from './claim-rules.js';
import { checkNodeSelector } from './node-selector-rules.js';
import { checkPositiveQuantity } from './quantity-rules.js';
import * as sources from './volume-sources.js';

const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];

type Check = (errors: FieldError[], at: string, spec: PersistentVolumeSpec, name: string) => void;

/** One row per source, in upstream's order. */
const CHECKS = {
  hostPath: (errors, at, { hostPath }) => sources.checkHostPath(errors, at, hostPath!),
  gcePersistentDisk: (errors, _at, { gcePersistentDisk }) =>
    sources.checkDisk(errors, 'spec.persistentDisk', gcePersistentDisk!, 'pdName'),
  awsElasticBlockStore: (errors, at, spec) => sources.checkDisk(errors, at, spec.awsElasticBlockStore!, 'volumeID'),
  glusterfs(errors, at, { glusterfs }) {
    sources.checkPresent(errors, at, glusterfs!, ['endpoints', 'path']);
    const namespace = glusterfs!.endpointsNamespace;
    if (namespace === '') {
      const why = 'if the endpointnamespace is set, it must be a valid namespace name';
      errors.push(fieldError.invalid(`${at}.endpointsNamespace`, namespace, why));
    } else checkForm(errors, `${at}.endpointsNamespace`, namespace, dns1123Label);
  },
  flocker: (errors, at, { flocker }) => sources.checkFlocker(errors, at, flocker!),
  nfs: (errors, at, { nfs }) => sources.checkNfs(errors, at, nfs!),
  rbd: (errors, at, { rbd }) => sources.checkPresent(errors, at, rbd!, ['monitors', 'image']),
  quobyte: (errors, at, { quobyte }) => sources.checkQuobyte(errors, at, quobyte!),
  cephfs: (errors, at, { cephfs }) => sources.checkPresent(errors, at, cephfs!, ['monitors']),
  iscsi(errors, at, { iscsi }, name) {
    sources.checkIscsi(errors, at, iscsi!, 'must be valid format');
    const { initiatorName, targetPortal, secretRef } = iscsi!;
    if (initiatorName !== undefined && `${name}:${targetPortal}`.length > sources.PORTAL_LENGTH_MAX) {
      errors.push(fieldError.invalid(`${at}.targetportal`, targetPortal, sources.PORTAL_MESSAGE));
    }
    if (secretRef) sources.checkPresent(errors, `${at}.secretRef`, secretRef, ['name']);
  },
  cinder(errors, at, { cinder }) {
    sources.checkPresent(errors, at, cinder!, ['volumeID']);
    if (cinder!.secretRef) sources.checkPresent(errors, `${at}.secretRef`, cinder!.secretRef, ['name', 'namespace']);
  },
  fc: (errors, at, { fc }) => sources.checkFc(errors, at, fc!),
  flexVolume: (errors, at, { flexVolume }) => sources.checkFlex(errors, at, flexVolume!),
  azureFile(errors, at, { azureFile }) {
    sources.checkPresent(errors, at, azureFile!, ['secretName', 'shareName']);
    if (azureFile!.secretNamespace === '') errors.push(fieldError.required(`${at}.secretNamespace`));
  },
  vsphereVolume: (errors, at, spec) => sources.checkPresent(errors, at, spec.vsphereVolume!, ['volumePath']),
  photonPersistentDisk: (errors, at, spec) => sources.checkPresent(errors, at, spec.photonPersistentDisk!, ['pdID']),
  portworxVolume: (errors, at, spec) => sources.checkPresent(errors, at, spec.portworxVolume!, ['volumeID']),
  azureDisk: (errors, at, { azureDisk }) => sources.checkAzureDisk(errors, at, azureDisk!),
  scaleIO: (errors, at, spec) => sources.checkPresent(errors, at, spec.scaleIO!, ['gateway', 'system', 'volumeName']),
  local(errors, at, spec) {
    if (!spec.local!.path) errors.push(fieldError.required(`${at}.path`));
    else checkNoBacksteps(errors, `${at}.path`, spec.local!.path);
    if (!spec.nodeAffinity)
      errors.push(fieldError.required('spec.nodeAffinity', 'Local volume requires node affinity'));
  },
  storageos(errors, at, { storageos }) {
    sources.checkStorageOs(errors, at, storageos!);
    if (storageos!.secretRef)
      sources.checkPresent(errors, `${at}.secretRef`, storageos!.secretRef, ['name', 'namespace']);
  },
  csi(errors, at, { csi }) {
    sources.checkCsiDriverName(errors, `${at}.driver`, csi!.driver);
    sources.checkPresent(errors, at, csi!, ['volumeHandle']);
    for (const name of CSI_SECRETS) if (csi![name]) checkSecret(errors, `${at}.${name}`, csi![name]);
  },
} satisfies Partial<Record<keyof PersistentVolumeSpec, Check>>;

const CSI_SECRETS = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
] as const;
const SOURCE_NAMES = Object.keys(CHECKS) as (keyof typeof CHECKS)[];

function checkSecret(errors: FieldError[], at: string, { name, namespace }: SecretReference): void {
  checkName(errors, `${at}.name`, name, dns1123Subdomain);
  checkName(errors, `${at}.namespace`, namespace, dns1123Label);
}

/** Models ValidatePersistentVolumeSpec (1.36). */
export function validateVolume({ metadata, spec = {} }: PersistentVolume): FieldError[] {
  const errors: FieldError[] = [];
  checkAccessModes(errors, 'spec.accessModes', spec.accessModes ?? []);
  checkCapacity(errors, spec.capacity ?? {});
  checkOneOf(
    errors,
    'spec.persistentVolumeReclaimPolicy',
    spec.persistentVolumeReclaimPolicy || undefined,
    RECLAIM_POLICIES,
  );
  if (spec.nodeAffinity) {
    const { required } = spec.nodeAffinity;
    if (required) checkNodeSelector(errors, 'spec.nodeAffinity.required', required);
    else errors.push(fieldError.required('spec.nodeAffinity.required', 'must specify required node constraints'));
  }
  checkSource(errors, 'spec', spec, metadata.name ?? '');
  if (spec.hostPath && spec.persistentVolumeReclaimPolicy === 'Recycle' && /^[/.]*$/.test(spec.hostPath.path ?? '')) {
    const why = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(fieldError.forbidden('spec.persistentVolumeReclaimPolicy', why));
  }
  checkForm(errors, 'spec.storageClassName', spec.storageClassName, dns1123Subdomain);
  checkOneOf(errors, 'spec.volumeMode', spec.volumeMode, VOLUME_MODES);
  if (spec.volumeAttributesClassName !== undefined) checkAttributesClass(errors, spec);
  return errors;
}

function checkCapacity(errors: FieldError[], capacity: Readonly<Record<string, string>>): void {
  const names = Object.keys(capacity);
  if (names.length === 0) errors.push(fieldError.required('spec.capacity'));
  if (names.length !== 1 || names[0] !== 'storage') {
    errors.push(fieldError.notSupported('spec.capacity', capacity, ['storage']));
  }
  for (const name of names) {
    const value = parseQuantity(capacity[name]!).value();
    const at = `spec.capacity[${name}]`;
    if (value < 0n) errors.push(fieldError.invalid(at, Number(value), 'must be a valid resource quantity'));
    checkPositiveQuantity(errors, at, capacity[name]!);
  }
}

/** The one source that it must have. `at`: of the spec. */
export function checkSource(errors: FieldError[], at: string, spec: PersistentVolumeSpec, name: string): void {
  let isFound = false;
  for (const source of SOURCE_NAMES) {
    if (spec[source] === undefined) continue;
    if (isFound) errors.push(fieldError.forbidden(`${at}.${source}`, 'may not specify more than 1 volume type'));
    else CHECKS[source](errors, `${at}.${source}`, spec, name);
    isFound = true;
  }
  if (!isFound) errors.push(fieldError.required(at, 'must specify a volume type'));
}

function checkAttributesClass(
  errors: FieldError[],
  { volumeAttributesClassName: name = '', csi }: PersistentVolumeSpec,
): void {
  const at = 'spec.volumeAttributesClassName';
  if (name === '') errors.push(fieldError.required(at, 'an empty string is disallowed'));
  else checkForm(errors, at, name, dns1123Subdomain);
  if (!csi) errors.push(fieldError.required('spec.csi', 'has to be specified when using volumeAttributesClassName'));
}

function sourceOf(spec: PersistentVolumeSpec): object {
  return Object.fromEntries(SOURCE_NAMES.filter((name) => spec[name]).map((name) => [name, spec[name]]));
}

/** The GA names of labels that an affinity may be moved to. */
const NEWER_LABELS: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

function withNewerLabels(affinity: PersistentVolumeSpec['nodeAffinity']): unknown {
  return JSON.parse(
    JSON.stringify(affinity ?? null, (key, value: unknown) =>
      key === 'key' && typeof value === 'string' && Object.hasOwn(NEWER_LABELS, value) ? NEWER_LABELS[value] : value,
    ),
  );
}

/** Models ValidatePersistentVolumeUpdate (1.36). */
export function validateVolumeUpdate(
  { spec = {} }: PersistentVolume,
  { spec: before = {} }: PersistentVolume,
): FieldError[] {
  const errors: FieldError[] = [];
  const now = { ...spec };
  // A secret for growing may come later.
  if (now.csi?.controllerExpandSecretRef && before.csi && !before.csi.controllerExpandSecretRef) {
    const { controllerExpandSecretRef: _added, ...csi } = now.csi;
    now.csi = csi;
  }
  if (!deepEqual(sourceOf(now), sourceOf(before))) {
    const why = 'spec.persistentvolumesource is immutable after creation';
    const diff = shapeDiff('PersistentVolumeSource', before, now);
    errors.push(fieldError.forbidden('spec.persistentvolumesource', `${why}\n${diff}`));
  }
  if (spec.volumeMode !== before.volumeMode) {
    errors.push(fieldError.invalid('volumeMode', spec.volumeMode ?? NIL, IMMUTABLE));
  }
  if (before.nodeAffinity && !deepEqual(withNewerLabels(spec.nodeAffinity), withNewerLabels(before.nodeAffinity))) {
    const why = `${IMMUTABLE}, except for updating from beta label to GA`;
    const text = spec.nodeAffinity ? goJson('VolumeNodeAffinity', spec.nodeAffinity) : `"${NIL}"`;
    errors.push(fieldError.invalidText('nodeAffinity', text, why));
  }
  if (before.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined) {
    const why = 'update from non-nil value to nil is forbidden';
    errors.push(fieldError.forbidden('spec.volumeAttributesClassName', why));
  }
  return errors;
}
