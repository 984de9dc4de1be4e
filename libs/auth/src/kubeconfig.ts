import { stringify } from 'yaml';
import { ADMIN_USERNAME, type SandboxCredentials } from './sandbox-credentials.js';

/** One cluster of a kubeconfig: context, cluster and (with a suffix) user bear its name. */
export interface KubeconfigCluster {
  readonly name: string;
  /** 'https://127.0.0.1:6443/sandboxes/default' */
  readonly server: string;
  /** PEM of the authority behind the front door's certificate; absent for http and publicly trusted ones. */
  readonly serverCa?: string;
  readonly credentials: Pick<SandboxCredentials, 'adminCertificate' | 'adminPrivateKey' | 'adminToken'>;
}

/** A kubeconfig as kubectl reads it, YAML. The first cluster's context is current unless `current` names another. */
export function kubeconfigOf(clusters: readonly KubeconfigCluster[], current = clusters[0]?.name ?? ''): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: clusters.map(({ name, server, serverCa }) => ({
      name,
      cluster: { server, ...(serverCa ? { 'certificate-authority-data': base64(serverCa) } : {}) },
    })),
    contexts: clusters.map(({ name }) => ({ name, context: { cluster: name, user: userName(name) } })),
    'current-context': current,
    preferences: {},
    users: clusters.map(({ name, credentials }) => ({
      name: userName(name),
      user: {
        'client-certificate-data': base64(credentials.adminCertificate),
        'client-key-data': base64(credentials.adminPrivateKey),
        token: credentials.adminToken,
      },
    })),
  });
}

/** The kubeconfig of one cluster. */
export function kubeconfigFor(cluster: KubeconfigCluster): string {
  return kubeconfigOf([cluster]);
}

function userName(cluster: string): string {
  return `${ADMIN_USERNAME}@${cluster}`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
