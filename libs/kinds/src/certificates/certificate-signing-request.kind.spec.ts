import { describe, expect, it } from '@jest/globals';
import { Random } from '#base';
import { FakeClock } from '#testing';
import { certificateSigningRequestKind as kind } from './certificate-signing-request.kind.js';
import type { CertificateSigningRequest } from '../generated/types.js';

const env = { clock: new FakeClock(), random: new Random('spec') };
const base = (more: Partial<CertificateSigningRequest['spec']> = {}): CertificateSigningRequest => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'jane' },
  spec: { request: PEM, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'], ...more },
});
const PEM = Buffer.from('-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n').toString(
  'base64',
);
const errorsOf = (spec: Partial<CertificateSigningRequest['spec']>) =>
  kind.validate!(base(spec))
    .filter(({ field }) => field !== 'spec.request')
    .map(({ field, detail }) => `${field}: ${detail}`);

describe('spec', () => {
  it.each<[Partial<CertificateSigningRequest['spec']>, string[]]>([
    [{ usages: [] }, ['spec.usages: Required value']],
    [{ usages: ['client auth', 'client auth'] }, ['spec.usages[1]: Duplicate value: "client auth"']],
    [{ expirationSeconds: 600 }, []],
    [
      { expirationSeconds: 599 },
      ['spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)'],
    ],
    [{ signerName: '' }, ['spec.signerName: Required value']],
    [
      { signerName: 'kubernetes.io/legacy-unknown' },
      [
        'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
      ],
    ],
    [
      { signerName: 'mine' },
      [
        `spec.signerName: Invalid value: "mine": must be a fully qualified domain and path of the form 'example.com/signer-name'`,
      ],
    ],
    [
      { signerName: 'local/mine' },
      ['spec.signerName: Invalid value: "local": should be a domain with at least two segments separated by dots'],
    ],
  ])('%j', (spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors);
  });

  it('names the usages that there are', () => {
    expect(errorsOf({ usages: ['root'] })[0]).toMatch(
      /^spec\.usages\[0\]: Unsupported value: "root": supported values: "any", "cert sign", "client auth"/,
    );
  });

  it.each([
    ['', 'PEM block type must be CERTIFICATE REQUEST'],
    [Buffer.from('hello').toString('base64'), 'PEM block type must be CERTIFICATE REQUEST'],
    [PEM, 'asn1: structure error: not a certificate request'],
  ])('says what is wrong with the request %#', (request, why) => {
    const [error] = kind.validate!(base({ request }));
    expect(error?.field).toBe('spec.request');
    expect(error?.detail).toMatch(/^Invalid value: \[\]byte\{.*\}: /);
    expect(error?.detail.endsWith(why)).toBe(true);
  });
});

describe('its way', () => {
  const condition = (type: string, status = 'True') => ({ type, status, reason: 'R', message: 'm' });
  const withStatus = (status: CertificateSigningRequest['status']) => ({ ...base(), status: status! });
  const approval = kind.subresources.find(({ name }) => name === 'approval')!;

  it.each<[string, CertificateSigningRequest['status'], CertificateSigningRequest['status'], string[]]>([
    ['approving', {}, { conditions: [condition('Approved')] }, []],
    [
      'both',
      { conditions: [condition('Approved')] },
      { conditions: [condition('Approved'), condition('Denied')] },
      ['Invalid value: "Denied": Approved and Denied conditions are mutually exclusive'],
    ],
    [
      'taking back',
      { conditions: [condition('Approved')] },
      { conditions: [] },
      ['Forbidden: updates may not remove a condition of type "Approved"'],
    ],
    [
      'approving a little',
      {},
      { conditions: [condition('Approved', 'False')] },
      ['Unsupported value: "False": supported values: "True"'],
    ],
    ['twice', {}, { conditions: [condition('Approved'), condition('Approved')] }, ['Duplicate value: "Approved"']],
  ])('approval: %s', (_title, before, after, details) => {
    const errors = approval.validateUpdate!(withStatus(after), withStatus(before), env);
    expect(errors.map(({ detail }) => detail)).toEqual(details);
  });

  it.each<[string, CertificateSigningRequest['status'], CertificateSigningRequest['status'], string[]]>([
    [
      'approving',
      {},
      { conditions: [condition('Approved')] },
      ['Forbidden: updates may not add a condition of type "Approved"'],
    ],
    [
      'nonsense',
      {},
      { certificate: Buffer.from('x').toString('base64') },
      ['Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block'],
    ],
    [
      'a key',
      {},
      { certificate: Buffer.from('-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----').toString('base64') },
      ['Invalid value: "<certificate data>": only CERTIFICATE PEM blocks are allowed, found "PRIVATE KEY"'],
    ],
  ])('status: %s', (_title, before, after, details) => {
    const errors = kind.validateStatusUpdate!(withStatus(after), withStatus(before));
    expect(errors.map(({ detail }) => detail)).toEqual(details);
  });
});

it('is of whoever asks, whatever the body says', () => {
  const request = base({ username: 'admin', groups: ['system:masters'], uid: 'x', extra: { a: ['b'] } });
  const user = { username: 'jane', groups: ['dev'], extra: { scopes: ['all'] } };
  kind.prepareForCreate!(request, { user } as never);
  expect(request.spec).toEqual({ ...base().spec, username: 'jane', groups: ['dev'], extra: { scopes: ['all'] } });
});
