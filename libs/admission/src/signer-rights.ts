import type { AdmissionReads, AdmissionRequest } from './plugin.js';

/**
 * Whether the user may do `verb` for a signer: by its name, or for all of its domain. Models IsAuthorizedForSignerName
 * (1.36).
 */
export async function mayForSigner(
  { user }: Pick<AdmissionRequest, 'user'>,
  reads: AdmissionReads,
  verb: 'approve' | 'sign' | 'attest',
  signerName: string,
): Promise<boolean> {
  const [domain = ''] = signerName.split('/');
  for (const name of [signerName, `${domain}/*`]) {
    const { allowed } = await reads.authorize(user, {
      kind: 'resource',
      verb,
      group: 'certificates.k8s.io',
      version: '*',
      resource: 'signers',
      subresource: '',
      namespace: '',
      name,
    });
    if (allowed) return true;
  }
  return false;
}

/** True for requests on a resource of certificates.k8s.io, or its subresource. */
export function isOfCertificates({ kind, subresource }: AdmissionRequest, resource: string, part = ''): boolean {
  return kind.group === 'certificates.k8s.io' && kind.resource === resource && subresource === part;
}
