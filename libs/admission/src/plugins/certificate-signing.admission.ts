import { deepEqual } from '#apimachinery';
import type { CertificateSigningRequest } from '#kinds';
import type { AdmissionPlugin } from '../plugin.js';
import { refusal } from '../refusal.js';
import { isOfCertificates, mayForSigner } from '../signer-rights.js';

/** Who issues a certificate must have the right to sign for that signer. Models plugin certificates/signing (1.36). */
export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  handles: (request) =>
    request.operation === 'UPDATE' && isOfCertificates(request, 'certificatesigningrequests', 'status'),
  async validate(request, reads) {
    const csr = request.object as CertificateSigningRequest;
    const old = request.old as CertificateSigningRequest;
    const isSame = csr.status?.certificate === old.status?.certificate;
    if (isSame && deepEqual(csr.status?.conditions ?? [], old.status?.conditions ?? [])) return;
    const { signerName = '' } = old.spec;
    if (await mayForSigner(request, reads, 'sign', signerName)) return;
    throw refusal(request, `user not permitted to sign requests with signerName "${signerName}"`);
  },
};
