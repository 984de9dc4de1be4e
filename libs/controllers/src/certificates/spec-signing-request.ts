// The library below registers its algorithms through decorators and needs this first.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509';
import type { CertificateSigningRequest } from '#kinds';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** A request as people send it, with a key of its own, for this library's specs. */
export async function aSigningRequest(wish: {
  readonly name: string;
  readonly subject?: string;
  readonly signerName?: string;
  readonly usages?: string[];
  readonly expirationSeconds?: number;
  readonly dnsNames?: readonly string[];
}): Promise<CertificateSigningRequest> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const names = (wish.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value }));
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: wish.subject ?? `CN=${wish.name}`,
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    ...(names.length > 0 ? { extensions: [new SubjectAlternativeNameExtension(names)] } : {}),
  });
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: wish.name },
    spec: {
      request: Buffer.from(request.toString('pem')).toString('base64'),
      signerName: wish.signerName ?? 'kubernetes.io/kube-apiserver-client',
      usages: wish.usages ?? ['client auth'],
      ...(wish.expirationSeconds === undefined ? {} : { expirationSeconds: wish.expirationSeconds }),
    },
  };
}
