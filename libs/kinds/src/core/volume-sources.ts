import { dns1123Label, dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { checkForm, checkName, checkOneOf, checkRange, rangeMessage } from '../field-rules.js';
import type {
  AzureDiskVolumeSource,
  FCVolumeSource,
  FlockerVolumeSource,
  HostPathVolumeSource,
  NFSVolumeSource,
  QuobyteVolumeSource,
} from '../generated/types.js';
import { checkNoBacksteps } from '../path-rules.js';

/** Sources that pods and persistent volumes share. Models the validate…VolumeSource functions of pkg/apis/core/validation (1.36). */

type Source = object;

/** Fields that must be there, by their names. */
export function checkPresent(errors: FieldError[], at: string, source: Source, names: readonly string[]): void {
  for (const name of names) {
    const value = (source as Record<string, unknown>)[name];
    if (!value || (Array.isArray(value) && value.length === 0)) errors.push(fieldError.required(`${at}.${name}`));
  }
}

const HOST_PATH_TYPES = [
  ...['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'],
];

export function checkHostPath(errors: FieldError[], at: string, { path, type }: HostPathVolumeSource): void {
  if (!path) {
    errors.push(fieldError.required(`${at}.path`));
    return;
  }
  checkNoBacksteps(errors, `${at}.path`, path);
  checkOneOf(errors, `${at}.type`, type, HOST_PATH_TYPES);
}

/** A disk of a cloud: which one, and which part of it. */
export function checkDisk(
  errors: FieldError[],
  at: string,
  source: { partition?: number },
  name: 'pdName' | 'volumeID',
): void {
  checkPresent(errors, at, source, [name]);
  const { partition = 0 } = source;
  if (partition < 0 || partition > 255) {
    errors.push(fieldError.invalid(`${at}.partition`, partition, rangeMessage(1, 255)));
  }
}

export function checkNfs(errors: FieldError[], at: string, source: NFSVolumeSource): void {
  checkPresent(errors, at, source, ['server', 'path']);
  const { path = '' } = source;
  if (!path.startsWith('/')) errors.push(fieldError.invalid(`${at}.path`, path, 'must be an absolute path'));
}

const ISCSI_FORMS: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9.-]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[a-zA-Z0-9]{16}$/,
  naa: /^naa.[a-zA-Z0-9]{32}$/,
};
const ISCSI_NAME_LENGTH_MAX = 1000;

interface Iscsi {
  targetPortal: string;
  iqn: string;
  lun: number;
  initiatorName?: string;
  chapAuthDiscovery?: boolean;
  chapAuthSession?: boolean;
  secretRef?: object;
}

export function checkIscsi(errors: FieldError[], at: string, source: Iscsi, strangeMessage: string): void {
  checkPresent(errors, at, source, ['targetPortal']);
  if (!source.iqn) errors.push(fieldError.required(`${at}.iqn`));
  else checkIscsiName(errors, `${at}.iqn`, source.iqn, strangeMessage);
  checkRange(errors, `${at}.lun`, source.lun ?? 0, 0, 255);
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !source.secretRef) {
    errors.push(fieldError.required(`${at}.secretRef`));
  }
  const { initiatorName } = source;
  if (initiatorName !== undefined) checkIscsiName(errors, `${at}.initiatorname`, initiatorName, strangeMessage);
}

export const ISCSI_STRANGE = 'must be valid format starting with iqn, eui, or naa';

function checkIscsiName(errors: FieldError[], at: string, name: string, strangeMessage: string): void {
  const form = ISCSI_FORMS[name.slice(0, 3)];
  if (!form) errors.push(fieldError.invalid(at, name, strangeMessage));
  else if (name.length > ISCSI_NAME_LENGTH_MAX || !form.test(name)) {
    errors.push(fieldError.invalid(at, name, 'must be valid format'));
  }
}

export const PORTAL_LENGTH_MAX = 64;
export const PORTAL_MESSAGE =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';

export function checkFc(errors: FieldError[], at: string, { targetWWNs = [], wwids = [], lun }: FCVolumeSource): void {
  const field = `${at}.targetWWNs`;
  if (targetWWNs.length === 0 && wwids.length === 0) {
    errors.push(fieldError.required(field, 'must specify either targetWWNs or wwids, but not both'));
  }
  if (targetWWNs.length === 0) return;
  if (wwids.length > 0) {
    errors.push(fieldError.invalid(field, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'));
  }
  if (lun === undefined) {
    errors.push(fieldError.required(`${at}.lun`, 'lun is required if targetWWNs is specified'));
  } else checkRange(errors, `${at}.lun`, lun, 0, 255);
}

export function checkQuobyte(errors: FieldError[], at: string, source: QuobyteVolumeSource): void {
  const why = 'must be a host:port pair or multiple pairs separated by commas';
  if (!source.registry) errors.push(fieldError.required(`${at}.registry`, why));
  else if ((source.tenant ?? '').length >= 65) {
    const long = 'must be a UUID and may not exceed a length of 64 characters';
    errors.push(fieldError.required(`${at}.tenant`, long));
  } else {
    for (const pair of source.registry.split(',')) {
      if (!/^([^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/.test(pair)) {
        errors.push(fieldError.invalid(`${at}.registry`, source.registry, why));
      }
    }
  }
  checkPresent(errors, at, source, ['volume']);
}

export function checkFlocker(
  errors: FieldError[],
  at: string,
  { datasetName = '', datasetUUID = '' }: FlockerVolumeSource,
): void {
  if (!datasetName && !datasetUUID) {
    errors.push(fieldError.required(at, 'one of datasetName and datasetUUID is required'));
  }
  if (datasetName && datasetUUID) {
    const why = 'datasetName and datasetUUID can not be specified simultaneously';
    errors.push(fieldError.invalid(at, 'resource', why));
  }
  if (datasetName.includes('/')) {
    errors.push(fieldError.invalid(`${at}.datasetName`, datasetName, "must not contain '/'"));
  }
}

export function checkFlex(
  errors: FieldError[],
  at: string,
  source: { driver: string; options?: Record<string, string> },
): void {
  checkPresent(errors, at, source, ['driver']);
  for (const key of Object.keys(source.options ?? {})) {
    const namespace = `.${key.split('/', 1)[0]!.toLowerCase()}`;
    if (namespace.endsWith('.kubernetes.io') || namespace.endsWith('.k8s.io')) {
      errors.push(fieldError.invalid(`${at}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved'));
    }
  }
}

export function checkAzureDisk(errors: FieldError[], at: string, source: AzureDiskVolumeSource): void {
  checkPresent(errors, at, source, ['diskName', 'diskURI']);
  checkOneOf(errors, `${at}.cachingMode`, source.cachingMode, ['None', 'ReadOnly', 'ReadWrite']);
  const { kind, diskURI = '' } = source;
  checkOneOf(errors, `${at}.kind`, kind, ['Dedicated', 'Managed', 'Shared']);
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/')) {
    errors.push(
      fieldError.notSupported(`${at}.diskURI`, diskURI, [
        '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}',
      ]),
    );
  } else if (kind !== undefined && kind !== 'Managed' && !diskURI.startsWith('https://')) {
    errors.push(
      fieldError.notSupported(`${at}.diskURI`, diskURI, [
        'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd',
      ]),
    );
  }
}

export function checkStorageOs(
  errors: FieldError[],
  at: string,
  source: { volumeName?: string; volumeNamespace?: string },
): void {
  checkName(errors, `${at}.volumeName`, source.volumeName, dns1123Label);
  checkForm(errors, `${at}.volumeNamespace`, source.volumeNamespace, dns1123Label);
}

const DRIVER_NAME_LENGTH_MAX = 63;

/** Models ValidateCSIDriverName (1.36). */
export function checkCsiDriverName(errors: FieldError[], field: string, name = ''): void {
  if (!name) errors.push(fieldError.required(field));
  if (name.length > DRIVER_NAME_LENGTH_MAX) errors.push(fieldError.tooLong(field, DRIVER_NAME_LENGTH_MAX));
  for (const why of dns1123Subdomain(name.toLowerCase())) errors.push(fieldError.invalid(field, name, why));
}
