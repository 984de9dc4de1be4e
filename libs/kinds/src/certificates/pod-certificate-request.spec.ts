import { generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Random } from '#base';
import { rfc3339 } from '#apimachinery';
import { FakeClock } from '#testing';
import type { V1beta1PodCertificateRequest, V1beta1PodCertificateRequestStatus } from '../generated/types.js';
import { podCertificateRequestKind as kind } from './pod-certificate-request.kind.js';
import { aCertificate, aStubRequest, newKeys } from './spec-certificates.js';
import { shown } from '../spec-kind.js';

type Request = V1beta1PodCertificateRequest;

const clock = new FakeClock();
const env = { clock, random: new Random('spec') };
const status = kind.subresources.find(({ name }) => name === 'status')!;
const keys = newKeys();
const UID = 'u1';
const proofBy = ({ privateKey }: ReturnType<typeof newKeys>, text = UID) =>
  sign('sha256', Buffer.from(text), privateKey).toString('base64');
const base64 = (bytes: Buffer) => bytes.toString('base64');

function requestOf(spec: object = {}, more: object = {}): Request {
  const request = structuredClone({
    apiVersion: 'certificates.k8s.io/v1beta1',
    kind: 'PodCertificateRequest',
    metadata: { name: 'a', namespace: 'default' },
    spec: {
      signerName: 'example.com/signer',
      ...{ podName: 'web', podUID: UID, serviceAccountName: 'default', serviceAccountUID: 'u2' },
      ...{ nodeName: 'node01', nodeUID: 'u3' },
      pkixPublicKey: base64(keys.publicDer),
      proofOfPossession: proofBy(keys),
      ...spec,
    },
    ...more,
  }) as Request;
  kind.applyDefaults!(request);
  return request;
}

const errorsOfNew = (spec: object) => shown(kind.validateCreate!(requestOf(spec)));
const keyed = ({ publicDer }: { publicDer: Buffer }) => ({ pkixPublicKey: base64(publicDer) });
const KEY = 'spec.pkixPublicKey: Invalid value:';

function rsaDer(modulusLength: number): Buffer {
  return generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ type: 'spki', format: 'der' });
}

describe('a new request', () => {
  const weak = newKeys('P-224');
  const small = { publicDer: rsaDer(2048) };

  it.each([
    [{}, []],
    [
      { signerName: '', podName: 'Web', podUID: '', nodeUID: 'x'.repeat(129) },
      [
        'spec.signerName: Required value',
        expect.stringMatching(/^spec\.podName: Invalid value: "Web": a lowercase RFC 1123 subdomain/),
        'spec.podUID: Invalid value: "": must not be empty',
        'spec.nodeUID: Too long: may not be more than 128 bytes',
        'spec.proofOfPossession: Invalid value: could not verify proof-of-possession signature',
      ],
    ],
    [
      { unverifiedUserAnnotations: { plain: 'a', 'example.com/a': 'b', 'a b/c': '' } },
      [
        'spec.unverifiedUserAnnotations: Invalid value: "plain": must be a domain-prefixed key (such as "acme.io/foo")',
        expect.stringMatching(/^spec\.unverifiedUserAnnotations: Invalid value: "a b\/c": prefix part/),
      ],
    ],
    [
      { maxExpirationSeconds: 3599 },
      ['spec.maxExpirationSeconds: Invalid value: 3599: must be in the range [3600, 7862400]'],
    ],
    [
      { maxExpirationSeconds: 86401, signerName: 'kubernetes.io/kube-apiserver-client-pod' },
      ['spec.maxExpirationSeconds: Invalid value: 86401: must be in the range [3600, 86400]'],
    ],
    [{ pkixPublicKey: 'AAAA' }, [`${KEY} "AAAA": must be a valid PKIX-serialized public key`]],
    [keyed(weak), [`${KEY} "curve P-224": elliptic public keys must use curve P256 or P384`]],
    [keyed(small), [`${KEY} "2048-bit modulus": RSA keys must have modulus size 3072 or 4096`]],
    [
      { proofOfPossession: proofBy(keys, 'another pod') },
      ['spec.proofOfPossession: Invalid value: could not verify proof-of-possession signature'],
    ],
    [
      { pkixPublicKey: '', proofOfPossession: '' },
      ['spec: Invalid value: exactly one of (stubPKCS10Request) or (pkixPublicKey, proofOfPossession) must be set'],
    ],
    [
      { pkixPublicKey: Buffer.alloc(10 * 1024 + 1).toString('base64') },
      ['spec.pkixPublicKey: Too long: may not be more than 10240 bytes'],
    ],
    [
      { pkixPublicKey: '', proofOfPossession: '', stubPKCS10Request: 'AAAA' },
      ['spec.stubPKCS10Request: Invalid value: must be a valid PKCS#10 CSR'],
    ],
  ] as [object, unknown[]][])('%#', (spec, errors) => {
    expect(errorsOfNew(spec)).toEqual(errors);
  });

  it('may prove its key by a certificate request', async () => {
    const stub = await aStubRequest(keys);
    const only = { pkixPublicKey: '', proofOfPossession: '' };
    expect(errorsOfNew({ ...only, stubPKCS10Request: stub })).toEqual([]);
    const forged = Buffer.from(stub, 'base64');
    forged[forged.length - 1]! ^= 1;
    expect(errorsOfNew({ ...only, stubPKCS10Request: base64(forged) })).toEqual([
      'spec.stubPKCS10Request: Invalid value: x509: ECDSA verification failure',
    ]);
  });

  it('lasts a day unless it says otherwise, and never changes', () => {
    const request = requestOf();
    expect(request.spec.maxExpirationSeconds).toBe(86_400);
    expect(shown(kind.validateUpdate!(requestOf({ nodeName: 'node02' }), request))).toEqual([
      expect.stringMatching(/^spec: Invalid value: .*: field is immutable$/),
    ]);
  });
});

const TIME = rfc3339(clock.nowMs());
const ended = (type: string) => ({
  conditions: [{ type, status: 'True', reason: 'Because', message: '', lastTransitionTime: TIME }],
});

describe('how a request ends', () => {
  const HOUR_MS = 3_600_000;
  let issued: V1beta1PodCertificateRequestStatus = {};

  beforeAll(async () => {
    issued = {
      ...ended('Issued'),
      certificateChain: await aCertificate(keys, { startMs: clock.nowMs() }),
      notBefore: TIME,
      notAfter: rfc3339(clock.nowMs() + 24 * HOUR_MS),
      beginRefreshAt: rfc3339(clock.nowMs() + 12 * HOUR_MS),
    };
  });

  const errorsOf = (after: object, before: object = {}, spec: object = {}) =>
    shown(status.validateUpdate!(requestOf(spec, { status: after }), requestOf(spec, { status: before }), env));

  it('is with a certificate for its key', async () => {
    expect(errorsOf(issued)).toEqual([]);
    const others = await aCertificate(newKeys(), { startMs: clock.nowMs() });
    expect(errorsOf({ ...issued, certificateChain: others })).toEqual([
      expect.stringMatching(/leaf certificate was not issued to the requested public key$/),
    ]);
    expect(errorsOf({ ...issued, certificateChain: '' })).toEqual([
      'status.certificateChain: Invalid value: "": issued certificate chain must contain at least one certificate',
    ]);
  });

  it.each([
    [
      { notBefore: undefined, beginRefreshAt: undefined },
      {},
      [
        'status.notBefore: Required value: must be present and consistent with the issued certificate',
        'status.beginRefreshAt: Required value: must be present and in the range [notbefore+10min, notafter-10min]',
      ],
    ],
    [
      { notAfter: '2030-01-01T00:00:00Z' },
      {},
      [
        'status.notAfter: Invalid value: "2030-01-01T00:00:00Z": must be set to the NotAfter time encoded in the leaf certificate',
      ],
    ],
    [
      { beginRefreshAt: TIME },
      {},
      [`status.beginRefreshAt: Invalid value: "${TIME}": must be at least 10 minutes after status.notBefore`],
    ],
    [
      {},
      { maxExpirationSeconds: 3600 },
      [
        'status.certificateChain: Invalid value: 86400000000000: leaf certificate lifetime must be <= spec.maxExpirationSeconds (3600)',
      ],
    ],
  ])('is with times that fit: %#', (change, spec, errors) => {
    expect(errorsOf({ ...issued, ...change }, {}, spec)).toEqual(errors);
  });

  it('is soon after the certificate begins', async () => {
    const early = clock.nowMs() - HOUR_MS;
    const old = {
      ...issued,
      certificateChain: await aCertificate(keys, { startMs: early }),
      notBefore: rfc3339(early),
    };
    expect(errorsOf(old)).toEqual([
      `status.notBefore: Invalid value: "${rfc3339(early)}": must be set to within 5 minutes of kube-apiserver's current time`,
    ]);
  });

  it.each([
    ['denied', ended('Denied'), {}, []],
    [
      'denied with a certificate',
      { ...ended('Denied'), certificateChain: 'x' },
      {},
      [
        'status: Invalid value: non-condition status fields must be empty when denying or failing the PodCertificateRequest',
      ],
    ],
    [
      'changed after',
      ended('Failed'),
      ended('Denied'),
      ['status: Invalid value: immutable after PodCertificateRequest is issued, denied, or failed'],
    ],
    [
      'changed without an end',
      { certificateChain: 'x' },
      {},
      ['status: Invalid value: status is immutable unless transitioning to "Issued", "Denied", or "Failed"'],
    ],
    [
      'another condition',
      { conditions: [{ ...ended('Issued').conditions[0], type: 'Odd' }] },
      {},
      ['status.conditions.[0].type: Unsupported value: "Odd": supported values: "Issued", "Denied", "Failed"'],
    ],
    [
      'not true',
      { conditions: [{ ...ended('Issued').conditions[0], status: 'False' }] },
      {},
      ['status.conditions.[0].status: Unsupported value: "False": supported values: "True"'],
    ],
  ])('%s', (_, after, before, errors) => {
    expect(errorsOf(after, before)).toEqual(errors);
  });

  it('is dated when it is said, and said once', () => {
    const timeless = { conditions: [{ type: 'Denied', status: 'True', reason: 'A', message: '' }] };
    const merged = status.merge!(requestOf(), requestOf({}, { status: timeless }), env);
    expect(merged.status?.conditions?.[0]?.lastTransitionTime).toBe(TIME);
    const again = { conditions: [{ ...timeless.conditions[0], reason: 'B' }] };
    expect(status.merge!(merged, requestOf({}, { status: again }), env).status).toEqual(merged.status);
  });
});
