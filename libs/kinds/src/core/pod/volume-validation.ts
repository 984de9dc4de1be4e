import { dns1123Label, dns1123Subdomain, type FieldError, fieldError, parseQuantity } from '#apimachinery';
import { checkName, checkRequiredOneOf } from '../../field-rules.js';
import type { Volume } from '../../generated/types.js';
import { checkDescendingPath, checkFileMode } from '../../path-rules.js';
import { checkClaimTemplate } from '../claim-rules.js';
import * as sources from '../volume-sources.js';
import type { Volumes } from './mount-validation.js';
import { checkDownwardFile, checkItems, checkProjected } from './projected-validation.js';

/** What a volume is checked in. */
interface Home {
  /** Of a pod, not of a template. */
  readonly podName: string | undefined;
  readonly isPod: boolean;
}

const NONE: Volumes = new Map();

/** Models ValidateVolumes (1.36). Answers those that are right, which containers may mount. */
export function checkVolumes(
  errors: FieldError[],
  field: string,
  volumes: readonly Volume[] | undefined,
  home: Home,
): Volumes {
  if (!volumes?.length) return NONE;
  const good = new Map<string, Volume>();
  const claims = home.podName === undefined ? undefined : claimsMadeFor(home.podName, volumes);
  for (const [i, volume] of volumes.entries()) {
    const at = `${field}[${i}]`;
    const before = errors.length;
    checkSources(errors, at, volume, home);
    checkName(errors, `${at}.name`, volume.name, dns1123Label);
    if (good.has(volume.name)) errors.push(fieldError.duplicate(`${at}.name`, volume.name));
    if (errors.length === before) good.set(volume.name, volume);
    const claimName = volume.persistentVolumeClaim?.claimName;
    if (claimName && claims?.has(claimName)) {
      const why = 'must not reference a PVC that gets created for an ephemeral volume';
      errors.push(fieldError.invalid(`${at}.persistentVolumeClaim.claimName`, claimName, why));
    }
  }
  return good;
}

function claimsMadeFor(podName: string, volumes: readonly Volume[]): ReadonlySet<string> | undefined {
  const made = volumes.filter(({ ephemeral }) => ephemeral);
  return made.length === 0 ? undefined : new Set(made.map(({ name }) => `${podName}-${name}`));
}

type SourceName = Exclude<keyof Volume, 'name'>;
type Check = (errors: FieldError[], at: string, volume: Volume, home: Home) => void;

/** One row per source, in upstream's order: the first that is given is checked, others are too many. */
const CHECKS: Readonly<Record<SourceName, Check>> = {
  emptyDir(errors, at, { emptyDir }) {
    const limit = emptyDir!.sizeLimit;
    if (limit !== undefined && parseQuantity(limit).milliValue() < 0n) {
      errors.push(fieldError.forbidden(`${at}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'));
    }
  },
  hostPath: (errors, at, { hostPath }) => sources.checkHostPath(errors, at, hostPath!),
  gitRepo(errors, at, { gitRepo }) {
    sources.checkPresent(errors, at, gitRepo!, ['repository']);
    checkDescendingPath(errors, `${at}.directory`, gitRepo!.directory ?? '');
  },
  gcePersistentDisk(errors, at, { gcePersistentDisk }) {
    sources.checkDisk(errors, at.replace(/gcePersistentDisk$/, 'persistentDisk'), gcePersistentDisk!, 'pdName');
  },
  awsElasticBlockStore: (errors, at, volume) => sources.checkDisk(errors, at, volume.awsElasticBlockStore!, 'volumeID'),
  secret(errors, at, { secret }) {
    if (!secret!.secretName) errors.push(fieldError.required(`${at}.secretName`));
    checkFileMode(errors, `${at}.defaultMode`, secret!.defaultMode);
    if (secret!.items) checkItems(errors, `${at}.items`, secret!.items);
  },
  nfs: (errors, at, { nfs }) => sources.checkNfs(errors, at, nfs!),
  iscsi(errors, at, { iscsi, name }) {
    sources.checkIscsi(errors, at, iscsi!, sources.ISCSI_STRANGE);
    const { initiatorName, targetPortal } = iscsi!;
    if (initiatorName !== undefined && `${name}:${targetPortal}`.length > sources.PORTAL_LENGTH_MAX) {
      errors.push(fieldError.invalid(`${at.slice(0, -'iscsi'.length)}name`, name, sources.PORTAL_MESSAGE));
    }
  },
  glusterfs: (errors, at, volume) => sources.checkPresent(errors, at, volume.glusterfs!, ['endpoints', 'path']),
  flocker: (errors, at, { flocker }) => sources.checkFlocker(errors, at, flocker!),
  persistentVolumeClaim: (errors, at, volume) =>
    sources.checkPresent(errors, at, volume.persistentVolumeClaim!, ['claimName']),
  rbd: (errors, at, { rbd }) => sources.checkPresent(errors, at, rbd!, ['monitors', 'image']),
  cinder(errors, at, { cinder }) {
    sources.checkPresent(errors, at, cinder!, ['volumeID']);
    if (cinder!.secretRef) sources.checkPresent(errors, `${at}.secretRef`, cinder!.secretRef, ['name']);
  },
  cephfs: (errors, at, { cephfs }) => sources.checkPresent(errors, at, cephfs!, ['monitors']),
  quobyte: (errors, at, { quobyte }) => sources.checkQuobyte(errors, at, quobyte!),
  downwardAPI(errors, at, { downwardAPI }) {
    checkFileMode(errors, `${at}.defaultMode`, downwardAPI!.defaultMode);
    for (const file of downwardAPI!.items ?? []) checkDownwardFile(errors, at, file);
  },
  fc: (errors, at, { fc }) => sources.checkFc(errors, at, fc!),
  flexVolume: (errors, at, { flexVolume }) => sources.checkFlex(errors, at, flexVolume!),
  configMap(errors, at, { configMap }) {
    if (!configMap!.name) errors.push(fieldError.required(`${at}.name`));
    checkFileMode(errors, `${at}.defaultMode`, configMap!.defaultMode);
    if (configMap!.items) checkItems(errors, `${at}.items`, configMap!.items);
  },
  azureFile: (errors, at, volume) => sources.checkPresent(errors, at, volume.azureFile!, ['secretName', 'shareName']),
  vsphereVolume: (errors, at, volume) => sources.checkPresent(errors, at, volume.vsphereVolume!, ['volumePath']),
  photonPersistentDisk: (errors, at, volume) =>
    sources.checkPresent(errors, at, volume.photonPersistentDisk!, ['pdID']),
  portworxVolume: (errors, at, volume) => sources.checkPresent(errors, at, volume.portworxVolume!, ['volumeID']),
  azureDisk: (errors, at, { azureDisk }) => sources.checkAzureDisk(errors, at, azureDisk!),
  storageos(errors, at, { storageos }) {
    sources.checkStorageOs(errors, at, storageos!);
    if (storageos!.secretRef) sources.checkPresent(errors, `${at}.secretRef`, storageos!.secretRef, ['name']);
  },
  projected: (errors, at, { projected }) => checkProjected(errors, at, projected!),
  scaleIO: (errors, at, volume) =>
    sources.checkPresent(errors, at, volume.scaleIO!, ['gateway', 'system', 'volumeName']),
  csi(errors, at, { csi }) {
    sources.checkCsiDriverName(errors, `${at}.driver`, csi!.driver);
    const secret = csi!.nodePublishSecretRef;
    if (secret && !secret.name) errors.push(fieldError.required(`${at}.nodePublishSecretRef.name`));
    else if (secret) {
      for (const why of dns1123Subdomain(secret.name!)) {
        errors.push(fieldError.invalid(`${at}.name`, secret.name, why));
      }
    }
  },
  ephemeral: checkEphemeral,
  image(errors, at, { image }, { isPod }) {
    if (isPod && !image!.reference) errors.push(fieldError.required(`${at}.reference`));
    checkRequiredOneOf(errors, `${at}.pullPolicy`, image!.pullPolicy, ['Always', 'IfNotPresent', 'Never']);
  },
};
const SOURCE_NAMES = Object.keys(CHECKS) as SourceName[];
/** Where upstream's paths of superfluous sources differ from the fields' names. */
const SURPLUS_PATHS: Partial<Record<SourceName, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

function checkSources(errors: FieldError[], at: string, volume: Volume, home: Home): void {
  let isFound = false;
  for (const name of SOURCE_NAMES) {
    if (volume[name] === undefined) continue;
    if (isFound) {
      const field = `${at}.${SURPLUS_PATHS[name] ?? name}`;
      errors.push(fieldError.forbidden(field, 'may not specify more than 1 volume type'));
    } else CHECKS[name](errors, `${at}.${name}`, volume, home);
    isFound = true;
  }
  if (!isFound) errors.push(fieldError.required(at, 'must specify a volume type'));
}

function checkEphemeral(errors: FieldError[], at: string, { ephemeral, name }: Volume, { podName }: Home): void {
  const template = ephemeral!.volumeClaimTemplate;
  if (!template) errors.push(fieldError.required(`${at}.volumeClaimTemplate`));
  else checkClaimTemplate(errors, `${at}.volumeClaimTemplate`, template);
  if (!podName || !name) return;
  const claim = `${podName}-${name}`;
  for (const why of dns1123Subdomain(claim)) {
    const field = `${at.slice(0, -'ephemeral'.length)}name`;
    errors.push(fieldError.invalid(field, name, `PVC name "${claim}": ${why}`));
  }
}
