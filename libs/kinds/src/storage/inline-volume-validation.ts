import { type FieldError, fieldError } from '#apimachinery';
import { checkAccessModes } from '../core/claim-rules.js';
import { checkSource } from '../core/volume-validation.js';
import type { PersistentVolumeSpec } from '../generated/types.js';

/** A volume that an attachment carries itself. Models ValidatePersistentVolumeSpec for inline volumes (1.36). */
export function checkInlineVolume(errors: FieldError[], at: string, spec: PersistentVolumeSpec): void {
  const forbid = (name: keyof PersistentVolumeSpec, why = 'may not be specified in the context of inline volumes') =>
    errors.push(fieldError.forbidden(`${at}.${name}`, why));
  if (spec.claimRef) forbid('claimRef');
  if (Object.keys(spec.capacity ?? {}).length > 0) forbid('capacity');
  if (!spec.csi) errors.push(fieldError.required(`${at}.csi`, 'must be specified in the context of inline volumes'));
  checkAccessModes(errors, `${at}.accessModes`, spec.accessModes ?? []);
  if (spec.persistentVolumeReclaimPolicy && spec.persistentVolumeReclaimPolicy !== 'Retain') {
    forbid('persistentVolumeReclaimPolicy', 'may only be Retain in the context of inline volumes');
  }
  if (spec.nodeAffinity) forbid('nodeAffinity');
  checkSource(errors, at, spec, '');
  if (spec.storageClassName) forbid('storageClassName');
  if (spec.volumeMode && spec.volumeMode !== 'Filesystem') {
    forbid('volumeMode', 'may not specify volumeMode other than Filesystem in the context of inline volumes');
  }
}
