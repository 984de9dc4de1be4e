import { beforeAll, describe, expect, it } from '@jest/globals';
import type { V1beta1ClusterTrustBundle } from '../generated/types.js';
import { clusterTrustBundleV1beta1Kind as kind } from './cluster-trust-bundle-v1beta1.kind.js';
import { pemBlocks } from './pem-blocks.js';
import { aCertificate, newKeys } from './spec-certificates.js';
import { shown } from '../spec-kind.js';

function bundleOf(name: string, signerName: string | undefined, trustBundle: string): V1beta1ClusterTrustBundle {
  return {
    apiVersion: 'certificates.k8s.io/v1beta1',
    kind: 'ClusterTrustBundle',
    metadata: { name },
    spec: { ...(signerName === undefined ? {} : { signerName }), trustBundle },
  };
}

const AT = 'spec.trustBundle: Invalid value: "<value omitted>":';
let anchor = '';
let other = '';
let leaf = '';

beforeAll(async () => {
  [anchor, other, leaf] = await Promise.all([
    aCertificate(newKeys(), { ca: true }),
    aCertificate(newKeys(), { ca: true }),
    aCertificate(newKeys()),
  ]);
});

describe('the name of a bundle', () => {
  it.each([
    ['plain', undefined, []],
    ['example.com:signer:one', 'example.com/signer', []],
    [
      'a:b',
      undefined,
      ['metadata.name: Invalid value: "a:b": ClusterTrustBundle without signer name must not have ":" in its name'],
    ],
    [
      'one',
      'example.com/signer',
      [
        'metadata.name: Invalid value: "one": ClusterTrustBundle for signerName example.com/signer must be named with prefix example.com:signer:',
      ],
    ],
    [
      'local:x:One',
      'local/x',
      [
        expect.stringMatching(/^metadata\.name: Invalid value: "local:x:One": a lowercase RFC 1123 subdomain/),
        'spec.signerName: Invalid value: "local": should be a domain with at least two segments separated by dots',
      ],
    ],
  ] as [string, string | undefined, unknown[]][])('%s of %s', (name, signerName, errors) => {
    expect(shown(kind.validateCreate!(bundleOf(name, signerName, anchor)))).toEqual(errors);
  });
});

describe('what is trusted', () => {
  const errorsOf = (text: string) => shown(kind.validateCreate!(bundleOf('a', undefined, text)));

  it('is certificates of authorities, each once', () => {
    expect(errorsOf(`text between is nobody's business\n${anchor}\n# and here\n${other}`)).toEqual([]);
    expect(errorsOf('')).toEqual([`${AT} at least one trust anchor must be provided`]);
    expect(errorsOf(anchor + other + anchor)).toEqual([`${AT} duplicate trust anchor (indices [0 2])`]);
    expect(errorsOf(anchor + leaf)).toEqual([`${AT} entry 1 does not have the CA bit set`]);
  });

  it('is nothing else', () => {
    const key = anchor.replaceAll('CERTIFICATE', 'PRIVATE KEY');
    const headed = anchor.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n');
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    expect(errorsOf(key + headed + broken)).toEqual([
      `${AT} entry 0 has bad block type: PRIVATE KEY`,
      `${AT} entry 1 has PEM block headers`,
      `${AT} entry 2 does not parse as X.509`,
    ]);
    expect(errorsOf('x'.repeat(1024 * 1024 + 1))).toEqual([
      'spec.trustBundle: Too long: may not be more than 1048576 bytes',
    ]);
  });

  it('is read only when it changes, and stays with its signer', () => {
    const old = bundleOf('a', undefined, 'what older rules let in');
    expect(shown(kind.validateUpdate!(structuredClone(old), old))).toEqual([]);
    expect(shown(kind.validateUpdate!(bundleOf('a', undefined, 'other'), old))).toHaveLength(1);
    expect(
      shown(kind.validateUpdate!(bundleOf('a', 'example.com/a', anchor), bundleOf('a', undefined, anchor))),
    ).toEqual([
      expect.stringMatching(/^metadata\.name: /),
      'spec.signerName: Invalid value: "example.com/a": field is immutable',
    ]);
    expect(kind.selectableFields!(bundleOf('a', 'example.com/a', ''))).toEqual({ 'spec.signerName': 'example.com/a' });
  });
});

describe('blocks of a PEM text', () => {
  it.each([
    ['-----BEGIN A-----\nAAAA\n', []],
    ['-----BEGIN A-----\nAAAA\n-----END B-----\n-----BEGIN C-----\nAAAA\n-----END C-----\n', ['C']],
    ['-----BEGIN A-----\n-----BEGIN B-----\nAAAA\n-----END B-----\n', ['B']],
    ['-----BEGIN A-----\r\nAAAA\r\n-----END A-----', ['A']],
    ['-----BEGIN A-----\nA?A=\n-----END A-----\n-----BEGIN B-----\nAAA=\n-----END B-----', ['B']],
    [' -----BEGIN A-----\nAAAA\n-----END A-----', []],
  ])('%j', (text, types) => {
    expect([...pemBlocks(text)].map(({ type }) => type)).toEqual(types);
  });

  it('are found in one pass, however many never end', () => {
    const text = '-----BEGIN A-----\n'.repeat(60_000);
    expect([...pemBlocks(text)]).toEqual([]);
    expect([...pemBlocks(`${text}-----END B-----\n`)]).toEqual([]);
  });
});
