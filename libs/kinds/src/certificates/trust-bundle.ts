import { X509Certificate } from 'node:crypto';
import { dns1123Subdomain, type FieldError, fieldError, type KubeObject } from '#apimachinery';
import type { KindSource } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import type { V1beta1ClusterTrustBundleSpec } from '../generated/types.js';
import { pemBlocks } from './pem-blocks.js';
import { checkSignerName } from '../signer-name.js';
import { trustBundleTable } from './trust-bundle-table.js';

export interface TrustBundle extends KubeObject {
  spec: V1beta1ClusterTrustBundleSpec;
}

const BUNDLE_BYTES_MAX = 1024 * 1024;
const AT = 'spec.trustBundle';

/** A signer's bundles are named after it: 'example.com:signer:one'. Models ValidateClusterTrustBundleName (1.36). */
function nameErrors(name: string, signerName: string, prefix: boolean): string[] {
  const rest = (text: string) => dns1123Subdomain(prefix ? text.replace(/-$/, 'a') : text);
  if (signerName === '') {
    if (name.includes(':')) return ['ClusterTrustBundle without signer name must not have ":" in its name'];
    return rest(name);
  }
  const start = `${signerName.replaceAll('/', ':')}:`;
  if (name.startsWith(start)) return rest(name.slice(start.length));
  return [`ClusterTrustBundle for signerName ${signerName} must be named with prefix ${start}`];
}

function checkNames({ metadata, spec }: TrustBundle): FieldError[] {
  const errors: FieldError[] = [];
  const { name = '', generateName = '' } = metadata;
  const signerName = spec?.signerName ?? '';
  if (generateName !== '') {
    for (const why of nameErrors(generateName, signerName, true)) {
      errors.push(fieldError.invalid('metadata.generateName', generateName, why));
    }
  }
  for (const why of name === '' ? [] : nameErrors(name, signerName, false)) {
    errors.push(fieldError.invalid('metadata.name', name, why));
  }
  if (signerName !== '') checkSignerName(errors, 'spec.signerName', signerName);
  return errors;
}

const wrong = (why: string): FieldError => fieldError.invalid(AT, '<value omitted>', why);

/** Nothing but certificates of authorities, each once. Models validateTrustBundle (1.36). */
export function trustBundleErrors(text: string): FieldError[] {
  if (Buffer.byteLength(text) > BUNDLE_BYTES_MAX) return [fieldError.tooLong(AT, BUNDLE_BYTES_MAX)];
  const errors: FieldError[] = [];
  const places = new Map<string, number[]>();
  let i = -1;
  for (const { type, hasHeaders, der } of pemBlocks(text)) {
    i++;
    if (type !== 'CERTIFICATE') errors.push(wrong(`entry ${i} has bad block type: ${type}`));
    else if (hasHeaders) errors.push(wrong(`entry ${i} has PEM block headers`));
    else {
      const why = anchorFailure(der);
      if (why !== undefined) errors.push(wrong(`entry ${i} ${why}`));
      const key = der.toString('base64');
      const known = places.get(key);
      if (known) known.push(i);
      else places.set(key, [i]);
    }
  }
  if (errors.length > 0) return errors;
  if (places.size === 0) return [wrong('at least one trust anchor must be provided')];
  return [...places.values()]
    .filter((indices) => indices.length > 1)
    .map((indices) => wrong(`duplicate trust anchor (indices [${indices.join(' ')}])`));
}

function anchorFailure(der: Buffer): string | undefined {
  try {
    return new X509Certificate(der).ca ? undefined : 'does not have the CA bit set';
  } catch {
    return 'does not parse as X.509';
  }
}

/** Of every version, which differ in name only. Models pkg/registry/certificates/clustertrustbundle (1.36). */
export const trustBundleRules: Omit<KindSource<TrustBundle>, 'apiVersion'> = {
  resource: 'clustertrustbundles',
  table: trustBundleTable,
  unconditionalUpdate: false,
  // What name is right depends on the signer.
  validateName: () => [],
  validateCreate: (bundle) => [...checkNames(bundle), ...trustBundleErrors(bundle.spec?.trustBundle ?? '')],
  validateUpdate(bundle, old) {
    const errors = checkNames(bundle);
    const { signerName = '', trustBundle = '' } = bundle.spec ?? {};
    // What was let in once is not read again.
    if (trustBundle !== (old.spec?.trustBundle ?? '')) errors.push(...trustBundleErrors(trustBundle));
    if (signerName !== (old.spec?.signerName ?? '')) {
      errors.push(fieldError.invalid('spec.signerName', signerName, IMMUTABLE));
    }
    return errors;
  },
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec?.signerName ?? '' }),
};
