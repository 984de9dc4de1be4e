import { humanDuration, type KubeObject, rfc3339 } from '#apimachinery';
import { ageColumn, ageOf, column, nameColumn } from '../columns.js';
import { defineKind } from '../define-kind.js';
import type { CertificateSigningRequest } from '../generated/types.js';
import type { KindEnv } from '../kind.js';
import { checkRequest, checkStep } from './signing-request-rules.js';

type Status = NonNullable<CertificateSigningRequest['status']>;

/** 'Pending', 'Approved,Issued', 'Denied'. Models extractCSRStatus (1.36). */
function statusText({ status }: CertificateSigningRequest): string {
  const has = (type: string) => (status?.conditions ?? []).some((one) => one.type === type);
  const words = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'];
  if (has('Failed')) words.push('Failed');
  if (status?.certificate) words.push('Issued');
  return words.join(',');
}

/** Models pkg/registry/certificates/certificates (1.36). */
export const certificateSigningRequestKind = defineKind<CertificateSigningRequest>({
  apiVersion: 'certificates.k8s.io/v1',
  resource: 'certificatesigningrequests',
  table: {
    columns: [
      nameColumn,
      ageColumn,
      column('SignerName'),
      column('Requestor'),
      column('RequestedDuration'),
      column('Condition'),
    ],
    row: (request, nowMs) => [
      request.metadata.name ?? '',
      ageOf(request, nowMs),
      request.spec.signerName || '<none>',
      request.spec.username ?? '',
      request.spec.expirationSeconds === undefined ? '<none>' : humanDuration(request.spec.expirationSeconds * 1000),
      statusText(request),
    ],
  },
  // Any name will do: kubelets draw theirs, people type what they like.
  validateName: () => [],
  /** Who asks is what the server knows, not what the body says. */
  prepareForCreate(request, { user }) {
    const spec: Partial<CertificateSigningRequest['spec']> = request.spec ?? {};
    const { username: _u, uid: _i, groups: _g, extra: _e, request: pem = '', signerName = '', ...asked } = spec;
    request.spec = {
      ...asked,
      request: pem,
      signerName,
      ...(user
        ? {
            username: user.username,
            groups: [...user.groups],
            ...(user.uid ? { uid: user.uid } : {}),
            ...(user.extra ? { extra: structuredClone(user.extra) as Record<string, string[]> } : {}),
          }
        : {}),
    };
    request.status = {};
  },
  /** What was asked for and what became of it change through the subresources only. */
  prepareForUpdate(request, old) {
    request.spec = old.spec;
    request.status = old.status ?? {};
  },
  validate: checkRequest,
  validateStatusUpdate: (request, old) => checkStep(request, old, { certify: true }),
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec?.signerName ?? '' }),
  subresources: [
    {
      name: 'approval',
      verbs: ['get', 'patch', 'update'],
      merge: (stored, body, env) => {
        const { conditions } = stamped(stored, (body as CertificateSigningRequest).status ?? {}, env);
        const { certificate } = stored.status ?? {};
        return changed(stored, body, {
          ...(conditions ? { conditions } : {}),
          ...(certificate === undefined ? {} : { certificate }),
        });
      },
      validateUpdate: (request, old) => checkStep(request, old, { approve: true }),
    },
    {
      name: 'status',
      verbs: ['get', 'patch', 'update'],
      merge: (stored, body, env) =>
        changed(stored, body, stamped(stored, (body as CertificateSigningRequest).status ?? {}, env)),
    },
  ],
});

function changed(stored: CertificateSigningRequest, body: KubeObject, status: Status): CertificateSigningRequest {
  const { resourceVersion, managedFields } = body.metadata;
  const metadata = {
    ...stored.metadata,
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(managedFields === undefined ? {} : { managedFields }),
  };
  return { ...stored, metadata, status };
}

/** Conditions without times get them. Models populateConditionTimestamps (1.36). */
function stamped(stored: CertificateSigningRequest, status: Status, { clock }: KindEnv): Status {
  if (!status.conditions) return status;
  const now = rfc3339(clock.nowMs());
  const conditions = status.conditions.map((condition) => {
    const before = stored.status?.conditions?.find(
      (one) => one.type === condition.type && one.status === condition.status && one.lastTransitionTime,
    );
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime || now,
      lastTransitionTime: condition.lastTransitionTime || before?.lastTransitionTime || now,
    };
  });
  return { ...status, conditions };
}
