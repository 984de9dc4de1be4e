import type { V1beta1ClusterTrustBundle } from '#kinds';
import type { AdmissionPlugin } from '../plugin.js';
import { refusal } from '../refusal.js';
import { isOfCertificates, mayForSigner } from '../signer-rights.js';

/** Who publishes a signer's trust anchors must have the right to attest for it. Models plugin certificates/ctbattest (1.36). */
export const clusterTrustBundleAttest: AdmissionPlugin = {
  name: 'ClusterTrustBundleAttest',
  handles: (request) =>
    (request.operation === 'CREATE' || request.operation === 'UPDATE') &&
    isOfCertificates(request, 'clustertrustbundles'),
  async validate(request, reads) {
    const signerName = (request.object as V1beta1ClusterTrustBundle).spec?.signerName ?? '';
    if (signerName === '' || (await mayForSigner(request, reads, 'attest', signerName))) return;
    throw refusal(request, `user not permitted to attest for signerName "${signerName}"`);
  },
};
