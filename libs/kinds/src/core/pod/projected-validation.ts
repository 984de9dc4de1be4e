import { dns1123Subdomain, type FieldError, fieldError, validateLabelSelector } from '#apimachinery';
import { checkOneOf } from '../../field-rules.js';
import type {
  ClusterTrustBundleProjection,
  DownwardAPIVolumeFile,
  KeyToPath,
  PodCertificateProjection,
  ProjectedVolumeSource,
  ServiceAccountTokenProjection,
  VolumeProjection,
} from '../../generated/types.js';
import { checkSignerName } from '../../signer-name.js';
import { checkFileMode, checkLocalPath } from '../../path-rules.js';
import { checkFieldRef, checkResourceRef, FILE_FIELDS } from './env-validation.js';

/** Models validateKeyToPath (1.36). */
export function checkItems(errors: FieldError[], at: string, items: readonly KeyToPath[]): void {
  for (const [i, { key, path, mode }] of items.entries()) {
    const item = `${at}[${i}]`;
    if (!key) errors.push(fieldError.required(`${item}.key`));
    if (!path) errors.push(fieldError.required(`${item}.path`));
    else checkLocalPath(errors, `${item}.path`, path);
    checkFileMode(errors, `${item}.mode`, mode);
  }
}

/** Models validateDownwardAPIVolumeFile (1.36), which leaves the index out of its paths. */
export function checkDownwardFile(errors: FieldError[], at: string, file: DownwardAPIVolumeFile): void {
  if (!file.path) errors.push(fieldError.required(`${at}.path`));
  else checkLocalPath(errors, `${at}.path`, file.path);
  if (file.fieldRef) {
    checkFieldRef(errors, `${at}.fieldRef`, file.fieldRef, FILE_FIELDS);
    if (file.resourceFieldRef) {
      const why = 'fieldRef and resourceFieldRef can not be specified simultaneously';
      errors.push(fieldError.invalid(at, 'resource', why));
    }
  } else if (file.resourceFieldRef) {
    checkResourceRef(errors, `${at}.resourceFieldRef`, file.resourceFieldRef, true);
  } else errors.push(fieldError.required(at, 'one of fieldRef and resourceFieldRef is required'));
  checkFileMode(errors, `${at}.mode`, file.mode);
}

const SOURCES = [
  ...['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle', 'podCertificate'],
] as (keyof VolumeProjection)[];

/** Models validateProjectedVolumeSource (1.36). */
export function checkProjected(errors: FieldError[], at: string, projected: ProjectedVolumeSource): void {
  checkFileMode(errors, `${at}.defaultMode`, projected.defaultMode);
  const paths = new Set<string>();
  const take = (path: string | undefined, shown: string | undefined) => {
    if (!path) return;
    if (paths.has(path)) errors.push(fieldError.invalid(at, shown ?? '', 'conflicting duplicate paths'));
    paths.add(path);
  };
  for (const [i, source] of (projected.sources ?? []).entries()) {
    const path = `${at}.sources[${i}]`;
    for (const name of ['secret', 'configMap'] as const) {
      const one = source[name];
      if (!one) continue;
      if (!one.name) errors.push(fieldError.required(`${path}.${name}.name`));
      checkItems(errors, `${path}.${name}.items`, one.items ?? []);
      for (const item of one.items ?? []) take(item.path, one.name);
    }
    for (const file of source.downwardAPI?.items ?? []) {
      checkDownwardFile(errors, `${path}.downwardAPI`, file);
      take(file.path, file.path);
    }
    if (source.serviceAccountToken) checkToken(errors, at, `${path}.serviceAccountToken`, source.serviceAccountToken);
    if (source.clusterTrustBundle) {
      checkTrustBundle(errors, `${path}.clusterTrustBundle`, source.clusterTrustBundle);
      take(source.clusterTrustBundle.path, source.clusterTrustBundle.path);
    }
    if (source.podCertificate) checkCertificate(errors, `${path}.podCertificate`, source.podCertificate, take);
    if (SOURCES.filter((name) => source[name] !== undefined).length > 1) {
      errors.push(fieldError.forbidden(path, 'may not specify more than 1 volume type per source'));
    }
  }
}

const TOKEN_SECONDS_MIN = 600;
const TOKEN_SECONDS_MAX = 2 ** 32;

/** A wrong path is blamed on the volume, as upstream. */
function checkToken(
  errors: FieldError[],
  volume: string,
  at: string,
  { expirationSeconds = 3600, path }: ServiceAccountTokenProjection,
): void {
  const field = `${at}.expirationSeconds`;
  if (expirationSeconds < TOKEN_SECONDS_MIN) {
    errors.push(fieldError.invalid(field, expirationSeconds, 'may not specify a duration less than 10 minutes'));
  }
  if (expirationSeconds > TOKEN_SECONDS_MAX) {
    errors.push(fieldError.invalid(field, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
  }
  if (!path) errors.push(fieldError.required(`${volume}.path`));
  else checkLocalPath(errors, `${volume}.path`, path);
}

function checkTrustBundle(errors: FieldError[], at: string, bundle: ClusterTrustBundleProjection): void {
  const { name, signerName, labelSelector, path } = bundle;
  if (name !== undefined && signerName !== undefined) {
    errors.push(fieldError.invalid(at, bundle, 'only one of name and signerName may be used'));
  } else if (name !== undefined) {
    if (name === '') errors.push(fieldError.required(`${at}.name`, 'must be a valid object name'));
    for (const why of dns1123Subdomain(name.slice(name.lastIndexOf(':') + 1))) {
      errors.push(fieldError.invalid(`${at}.name`, name, `not a valid clustertrustbundlename: ${why}`));
    }
    if (labelSelector) {
      const why = 'labelSelector must be unset if name is specified';
      errors.push(fieldError.invalid(`${at}.labelSelector`, labelSelector, why));
    }
  } else if (signerName !== undefined) {
    if (signerName === '') errors.push(fieldError.required(`${at}.signerName`, 'must be a valid signer name'));
    checkSignerName(errors, `${at}.signerName`, signerName);
    if (labelSelector) errors.push(...validateLabelSelector(labelSelector, `${at}.labelSelector`));
  } else errors.push(fieldError.required(at, 'either name or signerName must be specified'));
  if (!path) errors.push(fieldError.required(`${at}.path`));
  else checkLocalPath(errors, `${at}.path`, path);
}

const KEY_TYPES = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'];

function checkCertificate(
  errors: FieldError[],
  at: string,
  source: PodCertificateProjection,
  take: (path: string | undefined, shown: string | undefined) => void,
): void {
  checkSignerName(errors, `${at}.signerName`, source.signerName ?? '');
  checkOneOf(errors, `${at}.keyType`, source.keyType, KEY_TYPES);
  const { credentialBundlePath, keyPath, certificateChainPath } = source;
  if (!credentialBundlePath && !keyPath && !certificateChainPath) {
    const why = 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath';
    errors.push(fieldError.required(at, why));
  }
  for (const [name, path] of Object.entries({ credentialBundlePath, keyPath, certificateChainPath })) {
    if (!path) continue;
    checkLocalPath(errors, `${at}.${name}`, path);
    take(path, path);
  }
}
