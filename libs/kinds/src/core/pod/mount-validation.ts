import { type FieldError, fieldError } from '#apimachinery';
import type { Container, Volume, VolumeDevice, VolumeMount } from '../../generated/types.js';
import { checkDescendingPath, hasBackstep } from '../../path-rules.js';

/** The pod's volumes that are right in themselves, by name. */
export type Volumes = ReadonlyMap<string, Volume>;

type Mounting = Pick<Container, 'volumeMounts' | 'volumeDevices' | 'securityContext'>;

/** Models ValidateVolumeMounts and ValidateVolumeDevices (1.36). Paths of subPath and the like leave the index out, as upstream. */
export function checkMounts(errors: FieldError[], at: string, container: Mounting, volumes: Volumes): void {
  const { volumeMounts, volumeDevices } = container;
  if (volumeMounts?.length) checkVolumeMounts(errors, `${at}.volumeMounts`, container, volumes);
  if (volumeDevices?.length) checkDevices(errors, `${at}.volumeDevices`, volumeDevices, volumeMounts ?? [], volumes);
}

function checkVolumeMounts(errors: FieldError[], list: string, container: Mounting, volumes: Volumes): void {
  const { volumeMounts = [], volumeDevices = [] } = container;
  const paths = new Set<string>();
  for (const [i, mount] of volumeMounts.entries()) {
    const at = `${list}[${i}]`;
    const { name, mountPath, subPath, subPathExpr } = mount;
    if (!name) errors.push(fieldError.required(`${at}.name`));
    if (!volumes.has(name)) errors.push(fieldError.notFound(`${at}.name`, name ?? ''));
    if (!mountPath) errors.push(fieldError.required(`${at}.mountPath`));
    if (paths.has(mountPath)) errors.push(fieldError.invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    for (const device of volumeDevices) {
      if (device.name === name) {
        errors.push(fieldError.invalid(`${at}.name`, name, 'must not already exist in volumeDevices'));
      }
      if (device.devicePath === mountPath) {
        const why = 'must not already exist as a path in volumeDevices';
        errors.push(fieldError.invalid(`${at}.mountPath`, mountPath, why));
      }
    }
    if (subPath) checkDescendingPath(errors, `${list}.subPath`, subPath);
    if (subPathExpr) {
      if (subPath) {
        const why = 'subPathExpr and subPath are mutually exclusive';
        errors.push(fieldError.invalid(`${at}.subPathExpr`, subPathExpr, why));
      }
      checkDescendingPath(errors, `${list}.subPathExpr`, subPathExpr);
    }
    if (mount.mountPropagation !== undefined) {
      checkPropagation(errors, `${list}.mountPropagation`, mount.mountPropagation, container);
    }
    if (mount.recursiveReadOnly !== undefined) checkRecursive(errors, `${list}.recursiveReadOnly`, mount);
  }
}

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];

function checkPropagation(errors: FieldError[], at: string, mode: string, { securityContext }: Mounting): void {
  if (!PROPAGATIONS.includes(mode)) errors.push(fieldError.notSupported(at, mode, PROPAGATIONS));
  if (mode === 'Bidirectional' && securityContext?.privileged !== true) {
    const why = 'Bidirectional mount propagation is available only to privileged containers';
    errors.push(fieldError.forbidden(at, why));
  }
}

function checkRecursive(errors: FieldError[], at: string, mount: VolumeMount): void {
  const mode = mount.recursiveReadOnly!;
  if (mode === 'Disabled') return;
  if (mode !== 'Enabled' && mode !== 'IfPossible') {
    errors.push(fieldError.notSupported(at, mode, ['Disabled', 'Enabled', 'IfPossible']));
    return;
  }
  if (!mount.readOnly) errors.push(fieldError.forbidden(at, 'may only be specified when readOnly is true'));
  if (mount.mountPropagation !== undefined && mount.mountPropagation !== 'None') {
    errors.push(fieldError.forbidden(at, 'may only be specified when mountPropagation is None or not specified'));
  }
}

function checkDevices(
  errors: FieldError[],
  list: string,
  devices: readonly VolumeDevice[],
  mounts: readonly VolumeMount[],
  volumes: Volumes,
): void {
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const [i, { name, devicePath }] of devices.entries()) {
    const at = `${list}[${i}]`;
    const volume = volumes.get(name);
    if (!name) errors.push(fieldError.required(`${at}.name`));
    if (names.has(name)) errors.push(fieldError.invalid(`${at}.name`, name, 'must be unique'));
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral) {
      const why = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(fieldError.invalid(`${at}.name`, name, why));
    }
    if (!volume) errors.push(fieldError.notFound(`${at}.name`, name ?? ''));
    if (!devicePath) errors.push(fieldError.required(`${at}.devicePath`));
    if (paths.has(devicePath)) errors.push(fieldError.invalid(`${at}.devicePath`, devicePath, 'must be unique'));
    if (devicePath && hasBackstep(devicePath)) {
      errors.push(fieldError.invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"));
    } else paths.add(devicePath);
    for (const mount of mounts) {
      if (mount.name === name) {
        errors.push(fieldError.invalid(`${at}.name`, name, 'must not already exist in volumeMounts'));
      }
      if (mount.mountPath === devicePath) {
        const why = 'must not already exist as a path in volumeMounts';
        errors.push(fieldError.invalid(`${at}.devicePath`, devicePath, why));
      }
    }
    names.add(name);
  }
}
