import {
  dns1123Label,
  dns1123Subdomain,
  type FieldError,
  fieldError,
  validateAnnotations,
  validateLabels,
  validateLabelSelector,
} from '#apimachinery';
import { checkForm, checkOneOf } from '../field-rules.js';
import type {
  PersistentVolumeClaimSpec,
  PersistentVolumeClaimTemplate,
  TypedLocalObjectReference,
  TypedObjectReference,
} from '../generated/types.js';
import { checkPositiveQuantity } from './quantity-rules.js';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const ALONE = 'ReadWriteOncePod';

/** Of claims and volumes. */
export function checkAccessModes(errors: FieldError[], field: string, modes: readonly string[], why = ''): void {
  if (modes.length === 0) errors.push(fieldError.required(field, why));
  for (const mode of modes) checkOneOf(errors, field, mode, ACCESS_MODES);
  if (modes.includes(ALONE) && modes.some((mode) => mode !== ALONE && ACCESS_MODES.includes(mode))) {
    errors.push(fieldError.forbidden(field, 'may not use ReadWriteOncePod with other access modes'));
  }
}

export const VOLUME_MODES = ['Block', 'Filesystem'];

/** Models ValidatePersistentVolumeClaimSpec (1.36). */
export function checkClaimSpec(errors: FieldError[], at: string, spec: PersistentVolumeClaimSpec): void {
  checkAccessModes(errors, `${at}.accessModes`, spec.accessModes ?? [], 'at least 1 access mode is required');
  if (spec.selector) errors.push(...validateLabelSelector(spec.selector, `${at}.selector`));
  const storage = spec.resources?.requests?.['storage'];
  const field = `${at}.resources[storage]`;
  if (storage === undefined) errors.push(fieldError.required(field));
  else checkPositiveQuantity(errors, field, storage);
  checkForm(errors, `${at}.storageClassName`, spec.storageClassName, dns1123Subdomain);
  checkOneOf(errors, `${at}.volumeMode`, spec.volumeMode, VOLUME_MODES);
  const { dataSource, dataSourceRef } = spec;
  if (dataSource) checkDataSource(errors, `${at}.dataSource`, dataSource);
  if (dataSourceRef) {
    checkDataSource(errors, `${at}.dataSourceRef`, dataSourceRef);
    checkForm(errors, `${at}.dataSourceRef.namespace`, dataSourceRef.namespace, dns1123Label);
    if (dataSource) checkBothSources(errors, at, dataSource, dataSourceRef);
  }
  checkForm(errors, `${at}.volumeAttributesClassName`, spec.volumeAttributesClassName, dns1123Subdomain);
}

function checkDataSource(
  errors: FieldError[],
  at: string,
  { name, kind, apiGroup = '' }: TypedLocalObjectReference | TypedObjectReference,
): void {
  if (!name) errors.push(fieldError.required(`${at}.name`));
  if (!kind) errors.push(fieldError.required(`${at}.kind`));
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim') {
    const why = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
    errors.push(fieldError.invalid(at, kind ?? '', why));
  }
  checkForm(errors, `${at}.apiGroup`, apiGroup, dns1123Subdomain);
}

/** The two say the same, but the newer one may look into another namespace. */
function checkBothSources(
  errors: FieldError[],
  at: string,
  source: TypedLocalObjectReference,
  ref: TypedObjectReference,
): void {
  const blamed = `${at}.dataSource`;
  if (ref.namespace) {
    const why = 'may not be specified when dataSourceRef.namespace is specified';
    errors.push(fieldError.invalid(at, blamed, why));
  } else if (source.apiGroup !== ref.apiGroup || source.kind !== ref.kind || source.name !== ref.name) {
    errors.push(fieldError.invalid(at, blamed, 'must match dataSourceRef'));
  }
}

/** Models ValidatePersistentVolumeClaimTemplate (1.36): of its metadata only labels and annotations count. */
export function checkClaimTemplate(
  errors: FieldError[],
  at: string,
  { metadata = {}, spec }: PersistentVolumeClaimTemplate,
): void {
  errors.push(...validateAnnotations(metadata.annotations, `${at}.metadata.annotations`));
  errors.push(...validateLabels(metadata.labels, `${at}.metadata.labels`));
  for (const name of Object.keys(metadata)) {
    if (name !== 'annotations' && name !== 'labels') {
      errors.push(fieldError.forbidden(`${at}.metadata.${name}`, 'cannot be set'));
    }
  }
  checkClaimSpec(errors, `${at}.spec`, spec);
}
