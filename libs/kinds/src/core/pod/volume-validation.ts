import { dns1123Label, type FieldError, fieldError, parseQuantity } from '#apimachinery';
import { checkName, checkOneOf } from '../../field-rules.js';
import type { KeyToPath, Volume } from '../../generated/types.js';

/** Models ValidateVolumes of pkg/apis/core/validation (1.36): names, one source each, what sources must say. */
export function checkVolumes(errors: FieldError[], field: string, volumes: readonly Volume[]): void {
  const names = new Set<string>();
  for (const [i, volume] of volumes.entries()) {
    const at = `${field}[${i}]`;
    checkName(errors, `${at}.name`, volume.name, dns1123Label);
    if (volume.name && names.has(volume.name)) errors.push(fieldError.duplicate(`${at}.name`, volume.name));
    names.add(volume.name);
    checkSource(errors, at, volume);
  }
}

function checkSource(errors: FieldError[], at: string, volume: Volume): void {
  const [first, ...more] = Object.keys(volume).filter((key) => key !== 'name');
  if (first === undefined) errors.push(fieldError.required(at, 'must specify a volume type'));
  for (const name of more)
    errors.push(fieldError.forbidden(`${at}.${name}`, 'may not specify more than 1 volume type'));
  const { emptyDir, hostPath, secret, configMap, persistentVolumeClaim: claim, projected } = volume;
  if (emptyDir?.sizeLimit !== undefined && parseQuantity(emptyDir.sizeLimit).milliValue() < 0n) {
    errors.push(fieldError.forbidden(`${at}.emptyDir.sizeLimit`, 'SizeLimit field must be a valid resource quantity'));
  }
  if (hostPath) {
    if (!hostPath.path) errors.push(fieldError.required(`${at}.hostPath.path`));
    checkOneOf(errors, `${at}.hostPath.type`, hostPath.type, HOST_PATH_TYPES);
  }
  if (secret) {
    if (!secret.secretName) errors.push(fieldError.required(`${at}.secret.secretName`));
    checkFiles(errors, `${at}.secret`, secret.defaultMode, secret.items);
  }
  if (configMap) {
    if (!configMap.name) errors.push(fieldError.required(`${at}.configMap.name`));
    checkFiles(errors, `${at}.configMap`, configMap.defaultMode, configMap.items);
  }
  if (claim && !claim.claimName) errors.push(fieldError.required(`${at}.persistentVolumeClaim.claimName`));
  if (projected) {
    for (const [i, source] of (projected.sources ?? []).entries()) {
      const path = `${at}.projected.sources[${i}]`;
      if (Object.keys(source).length > 1)
        errors.push(fieldError.forbidden(path, 'may not specify more than 1 volume type'));
      if (source.serviceAccountToken && !source.serviceAccountToken.path) {
        errors.push(fieldError.required(`${path}.serviceAccountToken.path`));
      }
    }
  }
}

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

const MODE_MESSAGE = 'must be a number between 0 and 0777 (octal), both inclusive';

function checkFiles(
  errors: FieldError[],
  at: string,
  defaultMode: number | undefined,
  items: readonly KeyToPath[] = [],
): void {
  if (defaultMode !== undefined && (defaultMode < 0 || defaultMode > 0o777)) {
    errors.push(fieldError.invalid(`${at}.defaultMode`, defaultMode, MODE_MESSAGE));
  }
  for (const [i, { key, path, mode }] of items.entries()) {
    const item = `${at}.items[${i}]`;
    if (!key) errors.push(fieldError.required(`${item}.key`));
    if (!path) errors.push(fieldError.required(`${item}.path`));
    else if (path.startsWith('/')) errors.push(fieldError.invalid(`${item}.path`, path, 'must be a relative path'));
    else if (path.split('/').includes('..'))
      errors.push(fieldError.invalid(`${item}.path`, path, "must not contain '..'"));
    if (mode !== undefined && (mode < 0 || mode > 0o777)) {
      errors.push(fieldError.invalid(`${item}.mode`, mode, MODE_MESSAGE));
    }
  }
}
