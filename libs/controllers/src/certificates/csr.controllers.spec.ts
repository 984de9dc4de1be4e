import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type CertifiedKey, certificateSigner, createCa } from '#auth';
import { type CertificateSigningRequest, certificateSigningRequestKind } from '#kinds';
import { FakeClock } from '#testing';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';
import { reconcile as approve } from './csr-approving.controller.js';
import { aSigningRequest } from './spec-signing-request.js';

const clock = new FakeClock();
let ca: CertifiedKey;
let cluster: SpecCluster;
beforeEach(async () => {
  ca = await createCa('kubernetes', clock.nowMs());
  cluster = await aSpecCluster({ kubelet: false, keys: { signer: certificateSigner(ca, clock) } });
  await cluster.settle();
});
afterEach(() => {
  cluster.stop();
  expect(cluster.failures).toEqual([]);
});

const read = (name: string) => cluster.admin.get<CertificateSigningRequest>(certificateSigningRequestKind, '', name);
const create = (request: CertificateSigningRequest) => cluster.admin.create(certificateSigningRequestKind, request);

async function decide(name: string, type: 'Approved' | 'Denied'): Promise<void> {
  const conditions = [{ type, status: 'True', reason: 'Spec', message: 'because' }];
  await cluster.admin.update(
    certificateSigningRequestKind,
    { ...(await read(name)), status: { conditions } },
    'approval',
  );
  await cluster.settle();
}

const certificateOf = ({ status }: CertificateSigningRequest) =>
  new X509Certificate(Buffer.from(status!.certificate!, 'base64'));

describe('a certificate request', () => {
  it('is signed by the cluster once somebody approves it', async () => {
    await create(await aSigningRequest({ name: 'jane', subject: 'CN=jane, O=developers, O=qa' }));
    await cluster.settle();
    expect((await read('jane')).status).toEqual({});
    await decide('jane', 'Approved');
    const certificate = certificateOf(await read('jane'));
    const authority = new X509Certificate(ca.certificate);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(certificate.subject.split('\n')).toEqual(['CN=jane', 'O=developers', 'O=qa']);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(certificate.ca).toBe(false);
  });

  it('lives as long as it asks for, within bounds', async () => {
    const lives = async (name: string, expirationSeconds: number) => {
      await create(await aSigningRequest({ name, expirationSeconds }));
      await decide(name, 'Approved');
      const { validTo } = certificateOf(await read(name));
      return Math.round((Date.parse(validTo) - clock.nowMs()) / 1000);
    };
    expect(await lives('short', 3600)).toBe(3600);
    expect(await lives('long', 2_000_000_000)).toBe(365 * 24 * 3600 - 300);
  });

  it('is never signed when denied, and goes after an hour', async () => {
    await create(await aSigningRequest({ name: 'no' }));
    await decide('no', 'Denied');
    expect((await read('no')).status?.certificate).toBeUndefined();
    await cluster.clock.advance(3_600_000 + 60_000);
    await cluster.settle();
    expect(await cluster.list(certificateSigningRequestKind)).toEqual([]);
  });

  it('goes after a day when nobody decides', async () => {
    await create(await aSigningRequest({ name: 'forgotten' }));
    await cluster.settle();
    await cluster.clock.advance(23 * 3_600_000);
    await cluster.settle();
    expect((await cluster.list(certificateSigningRequestKind)).length).toBe(1);
    await cluster.clock.advance(2 * 3_600_000);
    await cluster.settle();
    expect(await cluster.list(certificateSigningRequestKind)).toEqual([]);
  });

  it('fails when it asks its signer for what that does not give', async () => {
    await create(await aSigningRequest({ name: 'server', usages: ['server auth', 'client auth'] }));
    await decide('server', 'Approved');
    expect((await read('server')).status?.conditions?.[1]).toMatchObject({
      type: 'Failed',
      reason: 'SignerValidationFailure',
      message: 'invalid usage for client certificate: server auth',
    });
  });

  it('is left to others when its signer is none of the cluster', async () => {
    await create(await aSigningRequest({ name: 'other', signerName: 'example.com/mine' }));
    await decide('other', 'Approved');
    expect((await read('other')).status?.certificate).toBeUndefined();
  });
});

describe('a kubelet', () => {
  const wish = {
    name: 'node-csr',
    subject: 'O=system:nodes, CN=system:node:node09',
    signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
    usages: ['digital signature', 'client auth'],
  };

  it('gets its certificate without anybody looking when its requester may let nodes join', async () => {
    await create(await aSigningRequest(wish));
    await cluster.settle();
    const { status } = await read('node-csr');
    expect(status?.conditions).toMatchObject([
      {
        type: 'Approved',
        reason: 'AutoApproved',
        message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
      },
    ]);
    expect(certificateOf(await read('node-csr')).subject).toContain('CN=system:node:node09');
  });

  it('is not taken for one with names that only servers have', async () => {
    await create(await aSigningRequest({ ...wish, dnsNames: ['node09'] }));
    await cluster.settle();
    expect((await read('node-csr')).status).toEqual({});
  });

  it('waits for approval when its requester may not', async () => {
    const request = await aSigningRequest(wish);
    request.spec.username = 'system:node:node09';
    const asked: string[] = [];
    await approve(
      {
        request: () => request,
        may: async (_request, subresource) => {
          asked.push(subresource);
          return false;
        },
        approve: () => Promise.reject(new Error('approved')),
      },
      { namespace: '', name: 'node-csr' },
    );
    expect(asked).toEqual(['selfnodeclient', 'nodeclient']);
  });
});
