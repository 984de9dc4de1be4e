import { deepEqual, dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { checkCsiDriverName } from '../core/volume-sources.js';
import { defineKind, statusAlone } from '../define-kind.js';
import { checkForm, IMMUTABLE, rangeMessage } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { VolumeAttachment, VolumeAttachmentSource, VolumeError } from '../generated/types.js';
import { checkInlineVolume } from './inline-volume-validation.js';

const METADATA_BYTES_MAX = 256 * 1024;
const MESSAGE_BYTES_MAX = 1024;
const INT32_MAX = 2 ** 31 - 1;

/** Models validateVolumeAttachmentSource (1.36). */
function checkSource(errors: FieldError[], source: VolumeAttachmentSource = {}): void {
  const at = 'spec.source';
  const { inlineVolumeSpec, persistentVolumeName } = source;
  const why = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (inlineVolumeSpec === undefined && persistentVolumeName === undefined) {
    errors.push(fieldError.required(at, why));
  } else if (inlineVolumeSpec !== undefined && persistentVolumeName !== undefined) {
    errors.push(fieldError.forbidden(at, why));
  } else if (inlineVolumeSpec !== undefined) {
    checkInlineVolume(errors, `${at}.inlineVolumeSpec`, inlineVolumeSpec);
  } else if (persistentVolumeName === '') {
    errors.push(fieldError.required(`${at}.persistentVolumeName`, 'must specify non empty persistentVolumeName'));
  }
}

/** A message too long is told with the limit of the metadata: upstream's own slip. */
function checkVolumeError(errors: FieldError[], at: string, error: VolumeError | undefined): void {
  if (!error) return;
  if (Buffer.byteLength(error.message ?? '') > MESSAGE_BYTES_MAX) {
    errors.push(fieldError.tooLong(`${at}.message`, METADATA_BYTES_MAX));
  }
  if ((error.errorCode ?? 0) < 0) {
    errors.push(fieldError.invalid(`${at}.errorCode`, error.errorCode, rangeMessage(0, INT32_MAX)));
  }
}

/** Models ValidateVolumeAttachment (1.36). */
function attachmentErrors({ spec, status }: VolumeAttachment): FieldError[] {
  const errors: FieldError[] = [];
  const { attacher = '', source, nodeName = '' } = spec;
  if (attacher === '') errors.push(fieldError.required('spec.attacher'));
  checkSource(errors, source);
  for (const why of dns1123Subdomain(nodeName)) errors.push(fieldError.invalid('spec.nodeName', nodeName, why));
  let bytes = 0;
  for (const [key, value] of Object.entries(status?.attachmentMetadata ?? {})) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > METADATA_BYTES_MAX) errors.push(fieldError.tooLong('status.attachmentMetadata', METADATA_BYTES_MAX));
  checkVolumeError(errors, 'status.attachError', status?.attachError);
  checkVolumeError(errors, 'status.detachError', status?.detachError);
  return errors;
}

function updateErrors(one: VolumeAttachment, old: VolumeAttachment): FieldError[] {
  return deepEqual(one.spec, old.spec) ? [] : [fieldError.invalid('spec', one.spec, IMMUTABLE)];
}

/** Models pkg/registry/storage/volumeattachment (1.36). */
export const volumeAttachmentKind = defineKind<VolumeAttachment>({
  apiVersion: 'storage.k8s.io/v1',
  resource: 'volumeattachments',
  table: tableOf<VolumeAttachment>(
    [column('Attacher'), column('PV'), column('Node'), column('Attached', 'boolean')],
    ({ spec, status }) => [
      spec.attacher,
      spec.source?.persistentVolumeName ?? '',
      spec.nodeName,
      status?.attached ?? false,
    ],
  ),
  prepareForCreate(attachment) {
    attachment.status = { attached: false };
  },
  validate: attachmentErrors,
  /** Stricter than for those that older servers let in. Models ValidateVolumeAttachmentV1. */
  validateCreate({ spec }) {
    const errors: FieldError[] = [];
    checkCsiDriverName(errors, 'spec.attacher', spec.attacher);
    checkForm(errors, 'spec.source.persistentVolumeName', spec.source?.persistentVolumeName, dns1123Subdomain);
    return errors;
  },
  validateUpdate: updateErrors,
  validateStatusUpdate: (one, old) => [...attachmentErrors(one), ...updateErrors(one, old)],
  subresources: [statusAlone<VolumeAttachment>()],
});
