import { type FieldError, fieldError, rfc3339, timeOf } from '#apimachinery';
import type { V1beta1PodCertificateRequest, V1beta1PodCertificateRequestStatus } from '../generated/types.js';
import { type IssuedCertificate, readCertificate } from './issued-certificate.js';
import { pemBlocks } from './pem-blocks.js';
import { publicKeyOf } from './pod-key-rules.js';

/** What a signer may give a pod. Models ValidatePodCertificateRequestStatusUpdate (1.36), the issued part. */

const CHAIN_BYTES_MAX = 100 * 1024;
const MINUTE_MS = 60_000;
const SKEW_MS = 5 * MINUTE_MS;
const REFRESH_MARGIN_MS = 10 * MINUTE_MS;
const LIFETIME_MS_MIN = 60 * MINUTE_MS;
const NS_PER_MS = 1_000_000;

const CHAIN = 'status.certificateChain';
const NOT_BEFORE = 'status.notBefore';
const NOT_AFTER = 'status.notAfter';
const REFRESH = 'status.beginRefreshAt';

type Status = V1beta1PodCertificateRequestStatus;

export function issuingErrors(
  { spec, status = {} }: V1beta1PodCertificateRequest,
  { spec: asked }: V1beta1PodCertificateRequest,
  nowMs: number,
): FieldError[] {
  const { certificateChain: chain = '' } = status;
  if (Buffer.byteLength(chain) > CHAIN_BYTES_MAX) return [fieldError.tooLong(CHAIN, CHAIN_BYTES_MAX)];
  const wrongChain = (why: string) => [fieldError.invalid(CHAIN, chain, why)];
  const [first, ...others] = pemBlocks(chain);
  if (!first) return wrongChain('issued certificate chain must contain at least one certificate');
  if (first.type !== 'CERTIFICATE') {
    return wrongChain('issued certificate chain must consist entirely of CERTIFICATE PEM blocks');
  }
  const leaf = readCertificate(first.der);
  if (!leaf) return wrongChain('leaf certificate does not parse as valid X.509');
  const errors = nameErrors(leaf);
  if (asked.pkixPublicKey && !isFor(leaf, Buffer.from(asked.pkixPublicKey, 'base64'))) {
    return [...errors, ...wrongChain('leaf certificate was not issued to the requested public key')];
  }
  errors.push(...missingTimes(status));
  if (errors.length > 0) return errors;
  const wrong = timeError(status, leaf, spec.maxExpirationSeconds ?? 0, nowMs);
  if (wrong) return [wrong];
  for (const { type, der } of others) {
    // The word is upstream's own slip.
    if (type !== 'CERTIFICATE') {
      return wrongChain('issued certificate chain must consist entirely of CERTFICATE PEM blocks');
    }
    if (!readCertificate(der)) return wrongChain('intermediate certificate does not parse as valid X.509');
  }
  return [];
}

/** Nearly all that Go's net/mail takes: one address, whose parts say something. */
const ADDRESS = /^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+$/;

function nameErrors({ dnsNames, emailAddresses }: IssuedCertificate): FieldError[] {
  const errors: FieldError[] = [];
  const wrong = (name: string, why: string) => errors.push(fieldError.invalid(CHAIN, name, why));
  for (const name of dnsNames) {
    if (name === '') wrong(name, 'leaf certificate should not contain empty DNSName');
    if (name.includes('..')) wrong(name, "leaf certificate's DNSName should not contain '..'");
    if (name.startsWith('.') || name.endsWith('.')) {
      wrong(name, "leaf certificate's DNSName should not start or end with '.'");
    }
  }
  for (const address of emailAddresses) {
    if (!ADDRESS.test(address)) wrong(address, 'leaf certificate should not contain invalid EmailAddress');
  }
  return errors;
}

/** Compared as keys: there is more than one way to write one down. */
function isFor({ publicKey }: IssuedCertificate, asked: Buffer): boolean {
  const [has, wants] = [publicKeyOf(publicKey), publicKeyOf(asked)];
  return has !== undefined && wants !== undefined && has.equals(wants);
}

function missingTimes({ notBefore, notAfter, beginRefreshAt }: Status): FieldError[] {
  const errors: FieldError[] = [];
  const consistent = 'must be present and consistent with the issued certificate';
  if (!notBefore) errors.push(fieldError.required(NOT_BEFORE, consistent));
  if (!notAfter) errors.push(fieldError.required(NOT_AFTER, consistent));
  if (!beginRefreshAt) {
    errors.push(fieldError.required(REFRESH, 'must be present and in the range [notbefore+10min, notafter-10min]'));
  }
  return errors;
}

function timeError(
  status: Status,
  { notBeforeMs, notAfterMs }: IssuedCertificate,
  secondsMax: number,
  nowMs: number,
): FieldError | undefined {
  const [start, end, refresh] = [status.notBefore, status.notAfter, status.beginRefreshAt].map(
    (time) => timeOf(time ?? '') ?? 0,
  ) as [number, number, number];
  const wrong = (field: string, ms: number, why: string) => fieldError.invalid(field, rfc3339(ms), why);
  if (start !== notBeforeMs) {
    return wrong(NOT_BEFORE, start, 'must be set to the NotBefore time encoded in the leaf certificate');
  }
  if (Math.abs(start - nowMs) >= SKEW_MS) {
    return wrong(NOT_BEFORE, start, "must be set to within 5 minutes of kube-apiserver's current time");
  }
  if (end !== notAfterMs) {
    return wrong(NOT_AFTER, end, 'must be set to the NotAfter time encoded in the leaf certificate');
  }
  const lifetimeMs = end - start;
  const lifetime = (why: string) => fieldError.invalid(CHAIN, lifetimeMs * NS_PER_MS, why);
  if (lifetimeMs < LIFETIME_MS_MIN) return lifetime('leaf certificate lifetime must be >= 1 hour');
  if (lifetimeMs > secondsMax * 1000) {
    return lifetime(`leaf certificate lifetime must be <= spec.maxExpirationSeconds (${secondsMax})`);
  }
  if (refresh < start + REFRESH_MARGIN_MS) {
    return wrong(REFRESH, refresh, 'must be at least 10 minutes after status.notBefore');
  }
  if (refresh > end - REFRESH_MARGIN_MS) {
    return wrong(REFRESH, refresh, 'must be at least 10 minutes before status.notAfter');
  }
  return undefined;
}
