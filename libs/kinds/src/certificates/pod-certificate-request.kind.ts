import { type Condition, deepEqual, dns1123Subdomain, type FieldError, fieldError, rfc3339 } from '#apimachinery';
import { checkConditions } from '../condition-rules.js';
import { defineKind, statusAlone } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import type { V1beta1PodCertificateRequest, V1beta1PodCertificateRequestSpec } from '../generated/types.js';
import type { KindEnv, Subresource } from '../kind.js';
import { checkUserAnnotations } from './user-annotations.js';
import { issuingErrors } from './issuing-rules.js';
import { podKeyError } from './pod-key-rules.js';
import { checkSignerName } from '../signer-name.js';

const UID_LENGTH_MAX = 128;
const HOUR_SECONDS = 60 * 60;
const SECONDS_DEFAULT = 24 * HOUR_SECONDS;
const KUBERNETES_SECONDS_MAX = 24 * HOUR_SECONDS;
const SECONDS_MAX = 91 * 24 * HOUR_SECONDS;
/** A request ends in one of them. */
const ENDS = ['Issued', 'Denied', 'Failed'];

type Request = V1beta1PodCertificateRequest;

function isOfKubernetes(signerName: string): boolean {
  const domain = signerName.split('/', 1)[0]!;
  return domain === 'kubernetes.io' || domain.endsWith('.kubernetes.io');
}

/** Models ValidatePodCertificateRequestCreate (1.36). */
function specErrors(spec: Partial<V1beta1PodCertificateRequestSpec> = {}): FieldError[] {
  const errors: FieldError[] = [];
  checkSignerName(errors, 'spec.signerName', spec.signerName ?? '');
  checkUserAnnotations(errors, 'spec.unverifiedUserAnnotations', spec.unverifiedUserAnnotations);
  for (const kind of ['pod', 'serviceAccount', 'node'] as const) {
    const [name = '', uid = ''] = [spec[`${kind}Name`], spec[`${kind}UID`]];
    for (const why of dns1123Subdomain(name)) errors.push(fieldError.invalid(`spec.${kind}Name`, name, why));
    const at = `spec.${kind}UID`;
    if (uid === '') errors.push(fieldError.invalid(at, uid, 'must not be empty'));
    if (Buffer.byteLength(uid) > UID_LENGTH_MAX) errors.push(fieldError.tooLong(at, UID_LENGTH_MAX));
  }
  const { maxExpirationSeconds: seconds = SECONDS_DEFAULT } = spec;
  const max = isOfKubernetes(spec.signerName ?? '') ? KUBERNETES_SECONDS_MAX : SECONDS_MAX;
  if (seconds < HOUR_SECONDS || seconds > max) {
    const why = `must be in the range [${HOUR_SECONDS}, ${max}]`;
    errors.push(fieldError.invalid('spec.maxExpirationSeconds', seconds, why));
  }
  const wrongKey = podKeyError(spec);
  return wrongKey ? [...errors, wrongKey] : errors;
}

const conditionsOf = ({ status }: Request): readonly Condition[] => status?.conditions ?? [];
const has = (request: Request, ...types: readonly string[]): boolean =>
  conditionsOf(request).some(({ type, status }) => types.includes(type) && status === 'True');

function conditionErrors(request: Request): FieldError[] {
  const errors: FieldError[] = [];
  let ends = 0;
  for (const [i, { type, status }] of conditionsOf(request).entries()) {
    const at = `status.conditions.[${i}]`;
    if (!ENDS.includes(type)) {
      errors.push(fieldError.notSupported(`${at}.type`, type, ENDS));
      continue;
    }
    ends++;
    if (ends > 1) {
      const why = 'There may be at most one condition with type "Issued", "Denied", or "Failed"';
      errors.push(fieldError.invalid(`${at}.type`, type, why));
    }
    if (status !== 'True') errors.push(fieldError.notSupported(`${at}.status`, status, ['True']));
  }
  checkConditions(errors, 'status.conditions', conditionsOf(request));
  return errors;
}

const wrongStatus = (why: string): FieldError[] => [
  { type: 'FieldValueInvalid', field: 'status', detail: `Invalid value: ${why}` },
];

/** Models ValidatePodCertificateRequestStatusUpdate (1.36): a request ends once, and nothing changes after. */
function statusErrors(request: Request, old: Request, { clock }: KindEnv): FieldError[] {
  const errors = conditionErrors(request);
  if (errors.length > 0) return errors;
  const [now, before] = [request.status ?? {}, old.status ?? {}];
  if (has(old, ...ENDS)) {
    if (deepEqual(now, before)) return [];
    return wrongStatus('immutable after PodCertificateRequest is issued, denied, or failed');
  }
  if (has(request, 'Denied', 'Failed')) {
    const { conditions: _c, ...rest } = now;
    if (Object.keys(rest).length === 0) return [];
    return wrongStatus('non-condition status fields must be empty when denying or failing the PodCertificateRequest');
  }
  if (has(request, 'Issued')) return issuingErrors(request, old, clock.nowMs());
  if (deepEqual(now, before)) return [];
  return wrongStatus('status is immutable unless transitioning to "Issued", "Denied", or "Failed"');
}

/** How it ended stays as it was said first; conditions without a time get one. */
function settled(request: Request, old: Request, { clock }: KindEnv): Request {
  if (!request.status?.conditions) return request;
  const conditions = request.status.conditions.map((condition) => {
    const { type, status } = condition;
    const before = conditionsOf(old).filter((one) => one.type === type);
    const same = conditionsOf(request).filter((one) => one.type === type).length === before.length;
    if (ENDS.includes(type) && same && before.length === 1) return before[0]!;
    if (condition.lastTransitionTime) return condition;
    const time = before.find((one) => one.status === status)?.lastTransitionTime ?? rfc3339(clock.nowMs());
    return { ...condition, lastTransitionTime: time };
  });
  return { ...request, status: { ...request.status, conditions } };
}

function requestStatus(): Subresource<Request> {
  const plain = statusAlone<Request>();
  return {
    ...plain,
    merge: (stored, body, env) => settled(plain.merge!(stored, body, env), stored, env),
    validateUpdate: statusErrors,
  };
}

/** Models pkg/registry/certificates/podcertificaterequest and its defaults (1.36). */
export const podCertificateRequestKind = defineKind<Request>({
  apiVersion: 'certificates.k8s.io/v1beta1',
  resource: 'podcertificaterequests',
  unconditionalUpdate: false,
  applyDefaults({ spec }) {
    if (spec) spec.maxExpirationSeconds ??= SECONDS_DEFAULT;
  },
  validateCreate: ({ spec }) => specErrors(spec),
  validateUpdate: ({ spec }, old) =>
    deepEqual(spec ?? {}, old.spec ?? {}) ? [] : [fieldError.invalid('spec', spec, IMMUTABLE)],
  selectableFields: ({ spec }) => ({
    'spec.signerName': spec?.signerName ?? '',
    'spec.podName': spec?.podName ?? '',
    'spec.nodeName': spec?.nodeName ?? '',
  }),
  subresources: [requestStatus()],
});
