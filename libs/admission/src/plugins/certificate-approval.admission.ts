import type { CertificateSigningRequest } from '#kinds';
import type { AdmissionPlugin } from '../plugin.js';
import { refusal } from '../refusal.js';
import { isOfCertificates, mayForSigner } from '../signer-rights.js';

/** Who approves must have the right to for that signer. Models plugin certificates/approval (1.36). */
export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  handles: (request) =>
    request.operation === 'UPDATE' && isOfCertificates(request, 'certificatesigningrequests', 'approval'),
  async validate(request, reads) {
    const { signerName = '' } = (request.object as CertificateSigningRequest).spec;
    if (await mayForSigner(request, reads, 'approve', signerName)) return;
    throw refusal(request, `user not permitted to approve requests with signerName "${signerName}"`);
  },
};
