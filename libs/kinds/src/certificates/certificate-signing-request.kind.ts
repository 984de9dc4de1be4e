import { humanDuration, type KubeObject } from '#apimachinery';
import { ageColumn, ageOf, column, nameColumn } from '../columns.js';
import { defineKind } from '../define-kind.js';
import type { CertificateSigningRequest } from '../generated/types.js';

/** 'Pending', 'Approved,Issued', 'Denied'. Models extractCSRStatus (1.36). */
function statusText({ status }: CertificateSigningRequest): string {
  const has = (type: string) => (status?.conditions ?? []).some((one) => one.type === type);
  const words = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'];
  if (has('Failed')) words.push('Failed');
  if (status?.certificate) words.push('Issued');
  return words.join(',');
}

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
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec?.signerName ?? '' }),
  subresources: [{ name: 'approval', verbs: ['get', 'patch', 'update'], merge: mergeApproval }],
});

/** Approving sets conditions of approval; the certificate is the signer's, through status. */
function mergeApproval(stored: CertificateSigningRequest, body: KubeObject): CertificateSigningRequest {
  const { resourceVersion } = body.metadata;
  const conditions = (body as CertificateSigningRequest).status?.conditions;
  return {
    ...stored,
    metadata: resourceVersion === undefined ? stored.metadata : { ...stored.metadata, resourceVersion },
    status: { ...stored.status, ...(conditions ? { conditions } : {}) },
  };
}
