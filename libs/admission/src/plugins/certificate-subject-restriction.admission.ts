import { type CertificateSigningRequest, parseCertificateRequest } from '#kinds';
import type { AdmissionPlugin } from '../plugin.js';
import { refusal } from '../refusal.js';
import { isOfCertificates } from '../signer-rights.js';

const SIGNER = 'kubernetes.io/kube-apiserver-client';
const MASTERS = 'system:masters';

/** Nobody becomes master by asking. Models plugin certificates/subjectrestriction (1.36). */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: (request) => request.operation === 'CREATE' && isOfCertificates(request, 'certificatesigningrequests'),
  validate(request) {
    const { signerName, request: base64 } = (request.object as CertificateSigningRequest).spec;
    if (signerName !== SIGNER) return;
    if (!organizationsOf(request, base64).includes(MASTERS)) return;
    throw refusal(request, `use of ${SIGNER} signer with ${MASTERS} group is not allowed`);
  },
};

function organizationsOf(request: Parameters<typeof refusal>[0], base64: string): readonly string[] {
  try {
    return parseCertificateRequest(base64).organizations;
  } catch (error) {
    throw refusal(request, `unable to parse CSR: ${(error as Error).message}`);
  }
}
