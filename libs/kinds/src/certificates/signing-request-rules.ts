import { X509Certificate } from 'node:crypto';
import { deepEqual, type FieldError, fieldError } from '#apimachinery';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../generated/types.js';
import { checkSignerName } from '../signer-name.js';
import { parseCertificateRequest, signatureFailure } from './certificate-request.js';
import { pemBlocks } from './pem-blocks.js';

/** What a certificate may be for, in upstream's order of telling. */
export const KEY_USAGES: readonly string[] = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
const EXPIRATION_SECONDS_MIN = 600;
const FINAL: readonly string[] = ['Approved', 'Denied', 'Failed'];
const OF_APPROVAL: readonly string[] = ['Approved', 'Denied'];

/** Models validateCertificateSigningRequest (1.36), spec part. */
export function checkRequest({ spec }: CertificateSigningRequest): FieldError[] {
  const errors: FieldError[] = [];
  const failure = requestFailure(spec.request ?? '');
  if (failure !== undefined) {
    const detail = `Invalid value: ${goBytes(spec.request ?? '')}: ${failure}`;
    errors.push({ type: 'FieldValueInvalid', field: 'spec.request', detail });
  }
  const { usages = [], signerName = '', expirationSeconds } = spec;
  if (usages.length === 0) errors.push(fieldError.required('spec.usages'));
  for (const [i, usage] of usages.entries()) {
    if (!KEY_USAGES.includes(usage)) errors.push(fieldError.notSupported(`spec.usages[${i}]`, usage, KEY_USAGES));
  }
  const seen = new Set<string>();
  for (const [i, usage] of usages.entries()) {
    if (seen.has(usage)) errors.push(fieldError.duplicate(`spec.usages[${i}]`, usage));
    seen.add(usage);
  }
  if (signerName === LEGACY_SIGNER) {
    const why = 'the legacy signerName is not allowed via this API version';
    errors.push(fieldError.invalid('spec.signerName', signerName, why));
  } else {
    checkSignerName(errors, 'spec.signerName', signerName);
  }
  if (expirationSeconds !== undefined && expirationSeconds < EXPIRATION_SECONDS_MIN) {
    const why = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(fieldError.invalid('spec.expirationSeconds', expirationSeconds, why));
  }
  return errors;
}

function requestFailure(base64: string): string | undefined {
  try {
    return signatureFailure(parseCertificateRequest(base64));
  } catch (error) {
    return (error as Error).message;
  }
}

/** More than the longest key makes; a text of a hostile size is not said again sixfold. */
const SHOWN_BYTES_MAX = 4096;

/** As Go's %#v prints bytes. Differs: long ones are cut. */
function goBytes(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const shown = [...bytes.subarray(0, SHOWN_BYTES_MAX)].map((byte) => `0x${byte.toString(16)}`);
  if (bytes.length > SHOWN_BYTES_MAX) shown.push('...');
  return `[]byte{${shown.join(', ')}}`;
}

const conditionsOf = ({ status }: CertificateSigningRequest): readonly CertificateSigningRequestCondition[] =>
  status?.conditions ?? [];
const ofType = (request: CertificateSigningRequest, type: string) =>
  conditionsOf(request).filter((one) => one.type === type);

/** Models validateConditions (1.36); what was wrong before stays allowed. */
function checkConditions(
  errors: FieldError[],
  request: CertificateSigningRequest,
  old: CertificateSigningRequest,
): void {
  const field = (i: number, name: string) => `status.conditions[${i}].${name}`;
  const types = conditionsOf(old).map(({ type }) => type);
  const mayRepeat = new Set(types).size < types.length;
  const mayBeBoth = OF_APPROVAL.every((type) => types.includes(type));
  const seen = new Set<string>();
  for (const [i, { type, status }] of conditionsOf(request).entries()) {
    if (!type && !types.includes('')) errors.push(fieldError.required(field(i, 'type')));
    const allowed = FINAL.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    if (!status) errors.push(fieldError.required(field(i, 'status')));
    else if (!allowed.includes(status)) errors.push(fieldError.notSupported(field(i, 'status'), status, allowed));
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined;
    if (opposite && seen.has(opposite) && !mayBeBoth) {
      const why = 'Approved and Denied conditions are mutually exclusive';
      errors.push(fieldError.invalid(field(i, 'type'), type, why));
    }
    if (seen.has(type) && !mayRepeat) errors.push(fieldError.duplicate(field(i, 'type'), type));
    seen.add(type);
  }
}

/**
 * What a write through a subresource may change. Models validateCertificateSigningRequestUpdate (1.36).
 * Differs: a changed condition is named, without upstream's dump of the difference.
 */
export function checkStep(
  request: CertificateSigningRequest,
  old: CertificateSigningRequest,
  may: { readonly approve?: boolean; readonly certify?: boolean },
): FieldError[] {
  const errors: FieldError[] = [];
  const at = 'status.conditions';
  checkConditions(errors, request, old);
  const certificate = request.status?.certificate ?? '';
  const before = old.status?.certificate ?? '';
  const failure = certificate === before ? undefined : certificateFailure(certificate);
  if (failure) errors.push(fieldError.invalid('status.certificate', '<certificate data>', failure));
  for (const type of FINAL) {
    if (ofType(request, type).length < ofType(old, type).length) {
      errors.push(fieldError.forbidden(at, `updates may not remove a condition of type "${type}"`));
    }
  }
  for (const type of may.approve ? [] : OF_APPROVAL) {
    const [now, then] = [ofType(request, type), ofType(old, type)];
    if (now.length > then.length) {
      errors.push(fieldError.forbidden(at, `updates may not add a condition of type "${type}"`));
    } else if (now.length === then.length && !deepEqual(now, then)) {
      errors.push(fieldError.forbidden(at, `updates may not modify a condition of type "${type}"`));
    }
  }
  if (certificate !== before && !may.certify) {
    errors.push(fieldError.forbidden('status.certificate', 'updates may not set certificate content'));
  } else if (certificate !== before && before !== '') {
    errors.push(fieldError.forbidden('status.certificate', 'updates may not modify existing certificate content'));
  }
  return errors;
}

/** Models validateCertificate (1.36). */
function certificateFailure(base64: string): string | undefined {
  if (base64 === '') return undefined;
  let count = 0;
  for (const { type, hasHeaders, der } of pemBlocks(Buffer.from(base64, 'base64').toString('latin1'))) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found "${type}"`;
    if (hasHeaders) return 'no PEM block headers are permitted';
    count++;
    try {
      new X509Certificate(der);
    } catch {
      return 'x509: malformed certificate';
    }
  }
  return count === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined;
}
