import { entropy } from '#base';
import { type CertifiedKey, createCa, createClientCertificate } from './certificates/certificates.js';
import { ServiceAccountKey } from './tokens/service-account-key.js';
import { GROUP_AUTHENTICATED, GROUP_MASTERS, type UserInfo } from './user.js';

/** Everything that proves who is who in one sandbox. Plain JSON, all of it secret but the certificates. PEM, PKCS #8. */
export interface SandboxCredentials {
  readonly caCertificate: string;
  readonly caPrivateKey: string;
  readonly adminCertificate: string;
  readonly adminPrivateKey: string;
  readonly adminToken: string;
  readonly serviceAccountPrivateKey: string;
}

export const ADMIN_USERNAME = 'kubernetes-admin';

/** Who the admin's certificate and token stand for; also whoever acts on the server's own behalf. */
export const ADMIN: UserInfo = { username: ADMIN_USERNAME, groups: [GROUP_MASTERS, GROUP_AUTHENTICATED] };

/** New keys for a new sandbox; nobody else's certificate or token is worth anything there. `nowMs`: real time. */
export async function createSandboxCredentials(nowMs: number): Promise<SandboxCredentials> {
  const ca = await createCa('kubernetes', nowMs);
  const admin = await createClientCertificate(ca, { username: ADMIN_USERNAME, groups: [GROUP_MASTERS] }, nowMs);
  return {
    caCertificate: ca.certificate,
    caPrivateKey: ca.privateKey,
    adminCertificate: admin.certificate,
    adminPrivateKey: admin.privateKey,
    adminToken: entropy(32),
    serviceAccountPrivateKey: ServiceAccountKey.generate(),
  };
}

export function caOf(credentials: SandboxCredentials): CertifiedKey {
  return { certificate: credentials.caCertificate, privateKey: credentials.caPrivateKey };
}
