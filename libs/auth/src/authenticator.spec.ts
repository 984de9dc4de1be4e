import 'reflect-metadata';
import { createHmac, createPublicKey, sign, webcrypto, X509Certificate } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Random } from '#base';
import type { KubeObject } from '#apimachinery';
import { createAuthenticator, type SandboxAuthenticator } from './authenticator.js';
import { certificateSigner } from './certificates/certificate-signer.js';
import { createClientCertificate, createServerCa, createServerCertificate } from './certificates/certificates.js';
import type { Authorizer, Credentials } from './credentials.js';
import { caOf, createSandboxCredentials, type SandboxCredentials } from './sandbox-credentials.js';
import { issueSecretToken, type TokenUsed } from './tokens/secret-tokens.js';
import { ISSUER, issueToken } from './tokens/service-account-tokens.js';
import type { UserInfo } from './user.js';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const YEAR_MS = 365 * 24 * 3600 * 1000;

/** What the reads know: 'ServiceAccount/default/web' → uid. */
const uids = new Map<string, string>();
const secrets = new Map<string, object>();
const onlyRoot: Authorizer = {
  authorize: async (user) => ({ allowed: user.groups.includes('system:masters'), reason: '' }),
};

function anAuthenticator(
  credentials: SandboxCredentials,
  nowMs = NOW_MS,
  secretTokenUsed: TokenUsed = () => {},
): SandboxAuthenticator {
  return createAuthenticator({
    secretTokenUsed,
    credentials,
    clock: { nowMs: () => nowMs },
    realClock: { nowMs: () => nowMs },
    authorizer: onlyRoot,
    reads: {
      get: async <T extends KubeObject>(kind: { kind: string }, namespace: string, name: string) => {
        const secret = secrets.get(`${namespace}/${name}`);
        if (kind.kind === 'Secret' && secret) return { metadata: {}, ...secret } as unknown as T;
        const uid = uids.get(`${kind.kind}/${namespace}/${name}`);
        return uid === undefined ? undefined : ({ metadata: { uid } } as T);
      },
    },
  });
}

describe('createAuthenticator', () => {
  let own: SandboxCredentials;
  let foreign: SandboxCredentials;
  let authenticator: SandboxAuthenticator;
  const from = (given: Credentials): Promise<UserInfo | undefined> => authenticator.authenticate(given);
  const UNAUTHORIZED = { code: 401, reason: 'Unauthorized', message: 'Unauthorized' };

  beforeAll(async () => {
    own = await createSandboxCredentials(NOW_MS);
    foreign = await createSandboxCredentials(NOW_MS);
    authenticator = anAuthenticator(own);
  });

  it('knows its admin by certificate and by token, and nobody without credentials', async () => {
    const admin = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };
    expect(await from({ certificate: new X509Certificate(own.adminCertificate) })).toMatchObject(admin);
    expect(await from({ bearerToken: own.adminToken })).toEqual(admin);
    expect(await from({})).toBeUndefined();
  });

  it('reads name and groups of a certificate, whatever characters they hold', async () => {
    const user = { username: 'jane, O=system:masters', groups: ['devs+O=system:masters', 'ops'] };
    const { certificate } = await createClientCertificate(caOf(own), user, NOW_MS);
    expect(await from({ certificate: new X509Certificate(certificate) })).toMatchObject({
      username: user.username,
      groups: [...user.groups, 'system:authenticated'],
    });
  });

  it('reads a uid, of which there is one or none', async () => {
    const certified = async (...uids: string[]) => {
      const subject = [{ CN: ['jane'] }, ...uids.map((uid) => ({ '1.3.6.1.4.1.57683.2': [{ utf8String: uid }] }))];
      const request = await Pkcs10CertificateRequestGenerator.create({
        name: subject as never,
        keys: await webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']),
        signingAlgorithm: ECDSA,
      });
      const pem = Buffer.from(request.toString('pem')).toString('base64');
      const issued = await certificateSigner(caOf(own), { nowMs: () => NOW_MS }).sign(pem, ['client auth'], undefined);
      return from({ certificate: new X509Certificate(Buffer.from(issued, 'base64')) });
    };
    expect(await certified()).not.toHaveProperty('uid');
    expect(await certified('u-1')).toMatchObject({ username: 'jane', uid: 'u-1' });
    await expect(certified('u-1', 'u-2')).rejects.toMatchObject(UNAUTHORIZED);
    await expect(certified('')).rejects.toMatchObject(UNAUTHORIZED);
  });

  it('refuses what another sandbox issued', async () => {
    await expect(from({ certificate: new X509Certificate(foreign.adminCertificate) })).rejects.toMatchObject(
      UNAUTHORIZED,
    );
    await expect(from({ bearerToken: foreign.adminToken })).rejects.toMatchObject(UNAUTHORIZED);
    const both = { certificate: new X509Certificate(foreign.adminCertificate), bearerToken: own.adminToken };
    expect(await from(both)).toMatchObject({ username: 'kubernetes-admin' });
  });

  it.each([
    ['the authority itself', async () => own.caCertificate],
    [
      'a server certificate',
      async () => (await createServerCertificate(caOf(own), ['10.0.0.1', 'x.test'], NOW_MS)).certificate,
    ],
    ['one under an authority of the same name', async () => foreign.adminCertificate],
    ['one for a server of another authority', async () => (await createServerCa(NOW_MS)).certificate],
  ])('refuses %s', async (_what, certificateOf) => {
    await expect(from({ certificate: new X509Certificate(await certificateOf()) })).rejects.toMatchObject(UNAUTHORIZED);
  });

  it.each([
    ['not yet valid', -YEAR_MS],
    ['expired', 11 * YEAR_MS],
  ])('refuses a certificate that is %s', async (_what, offMs) => {
    const then = anAuthenticator(own, NOW_MS + offMs);
    const certificate = new X509Certificate(own.adminCertificate);
    await expect(then.authenticate({ certificate })).rejects.toMatchObject(UNAUTHORIZED);
  });

  describe('service account tokens', () => {
    const account = { name: 'web', uid: 'u1' };
    const token = (more: object = {}, by = authenticator) =>
      issueToken(
        by.serviceAccountKey,
        { namespace: 'default', account, audiences: [ISSUER], expirationSeconds: 3600, ...more },
        NOW_MS,
        new Random('t'),
      );

    /** Signed by the right key all the same. */
    const resigned = (claims: object, header: object = {}) => {
      const parts = token().split('.').slice(0, 2);
      const [head, body] = parts.map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
      const signed = `${encodedUrl({ ...head, ...header })}.${encodedUrl({ ...body, ...claims })}`;
      const key = { key: own.serviceAccountPrivateKey, dsaEncoding: 'ieee-p1363' as const };
      return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
    };

    it('are good while account and pod exist under their uids', async () => {
      uids.set('ServiceAccount/default/web', 'u1').set('Pod/default/p', 'p1');
      const bound = token({ bound: { kind: 'Pod', name: 'p', uid: 'p1' }, node: { name: 'n', uid: 'n1' } });
      expect(await from({ bearerToken: bound })).toEqual({
        username: 'system:serviceaccount:default:web',
        uid: 'u1',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
        extra: {
          'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^JTI=/)],
          'authentication.kubernetes.io/node-name': ['n'],
          'authentication.kubernetes.io/node-uid': ['n1'],
          'authentication.kubernetes.io/pod-name': ['p'],
          'authentication.kubernetes.io/pod-uid': ['p1'],
        },
      });
      expect(await from({ bearerToken: bound })).toBe(await from({ bearerToken: bound }));
      uids.set('Pod/default/p', 'p2');
      await expect(from({ bearerToken: bound })).rejects.toMatchObject(UNAUTHORIZED);
      expect(await from({ bearerToken: token() })).toMatchObject({ uid: 'u1' });
      uids.set('ServiceAccount/default/web', 'u2');
      await expect(from({ bearerToken: token() })).rejects.toMatchObject(UNAUTHORIZED);
    });

    it.each([
      ['for somebody else', () => token({ audiences: ['vault'] })],
      ['signed by another sandbox', () => token({}, anAuthenticator(foreign))],
      ['expired', () => token({ expirationSeconds: -61 })],
      ['with a cut signature', () => token().slice(0, -4)],
      ['with changed claims', () => swapClaims(token())],
      ['that are unsigned', () => unsigned(token())],
      ['unsigned under their own key id', () => reheaded(token(), { alg: 'none' })],
      ['signed with the public key as a secret', () => signedByPublicKey(authenticator, token())],
      ['of another algorithm', () => reheaded(token(), { alg: 'ES384' })],
      ['of another key id', () => resigned({}, { kid: 'other' })],
      ['of another issuer', () => resigned({ iss: 'https://elsewhere' })],
      ['for nobody', () => resigned({ aud: undefined })],
      ['for an audience that is no list', () => resigned({ aud: { [ISSUER]: true } })],
      ['not valid yet', () => resigned({ nbf: NOW_MS / 1000 + 61 })],
      ['issued later', () => resigned({ iat: NOW_MS / 1000 + 61 })],
      ['without an end', () => resigned({ exp: undefined })],
      ['whose end is no number', () => resigned({ exp: '9999999999' })],
      ['about nothing', () => resigned({ 'kubernetes.io': undefined })],
      ['about null', () => resigned({ 'kubernetes.io': null })],
      [
        'about an account without a name',
        () => resigned({ 'kubernetes.io': { namespace: 'default', serviceaccount: {} } }),
      ],
      ['about an account of another uid', () => token({ account: { name: 'web', uid: 'u0' } })],
      ['bound to a node that is gone', () => token({ bound: { kind: 'Node', name: 'gone', uid: 'n1' } })],
      ['bound to a Secret that is gone', () => token({ bound: { kind: 'Secret', name: 'gone', uid: 's1' } })],
      ['that hold a list', () => authenticator.serviceAccountKey.sign([])],
      ['with a character too many', () => `${token()}=`],
      ['with characters that are none', () => token().replace('.', '.\u00e9')],
      ['as large as a header gets', () => `${token()}${'A'.repeat(60_000)}`],
      ['of sixty thousand parts', () => '.'.repeat(60_000)],
      ['of four parts', () => `${token()}.x`],
      ['that are no tokens', () => 'a.b.c'],
    ])('are refused when %s', async (_what, make) => {
      uids.set('ServiceAccount/default/web', 'u1');
      await expect(from({ bearerToken: make() })).rejects.toMatchObject(UNAUTHORIZED);
    });

    it('are reviewed for the audience asked', async () => {
      uids.set('ServiceAccount/default/web', 'u1');
      const forVault = token({ audiences: ['vault', 'other'] });
      expect(await authenticator.reviewToken(forVault)).toEqual({
        refusal: `[invalid bearer token, token audiences ["vault" "other"] is invalid for the target audiences ["${ISSUER}"]]`,
      });
      expect(await authenticator.reviewToken(own.adminToken, ['vault'])).toEqual({ refusal: 'invalid bearer token' });
      expect(await authenticator.reviewToken(forVault, ['vault', 'x'])).toMatchObject({ audiences: ['vault'] });
    });
  });

  describe('tokens of Secrets', () => {
    const account = { name: 'web', uid: 'u1' };
    const ofSecret = () =>
      issueSecretToken(authenticator.serviceAccountKey, { namespace: 'default', account, secret: 'web-token' });
    const held = (token: string, more: object = {}) =>
      secrets.set('default/web-token', { data: { token: encoded(token) }, ...more });

    it('are good as long as the Secret holds them', async () => {
      uids.set('ServiceAccount/default/web', 'u1');
      const bearerToken = ofSecret();
      held(bearerToken);
      expect(await from({ bearerToken })).toEqual({
        username: 'system:serviceaccount:default:web',
        uid: 'u1',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      });
      for (const change of [
        () => secrets.delete('default/web-token'),
        () => held(`${bearerToken}x`),
        () => held(bearerToken, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
        () => held(bearerToken) && uids.set('ServiceAccount/default/web', 'u2'),
      ]) {
        change();
        await expect(from({ bearerToken })).rejects.toMatchObject(UNAUTHORIZED);
      }
    });
  });

  describe('the last use of a Secret', () => {
    const today = '2026-01-01';
    const setUp = (labels: Record<string, string> = {}) => {
      uids.set('ServiceAccount/default/web', 'u1');
      const told: string[] = [];
      const watched = anAuthenticator(own, NOW_MS, (secret, day) => void told.push(`${secret.metadata.uid} ${day}`));
      const account = { name: 'web', uid: 'u1' };
      const bearerToken = issueSecretToken(watched.serviceAccountKey, {
        namespace: 'default',
        account,
        secret: 'web-token',
      });
      const metadata = { name: 'web-token', namespace: 'default', uid: 's1', labels };
      secrets.set('default/web-token', { data: { token: encoded(bearerToken) }, metadata });
      return { told, ask: () => watched.reviewToken(bearerToken) };
    };

    it('is told once a day', async () => {
      const { told, ask } = setUp({ 'kubernetes.io/legacy-token-last-used': '2025-12-31' });
      await ask();
      expect(await ask()).toHaveProperty('user');
      expect(told).toEqual([`s1 ${today}`]);
    });

    it.each([today, '2026-01-02'])('is known when it was on %s', async (day) => {
      const { told, ask } = setUp({ 'kubernetes.io/legacy-token-last-used': day });
      await ask();
      expect(told).toEqual([]);
    });

    it('is none of one that was marked invalid', async () => {
      const { told, ask } = setUp({ 'kubernetes.io/legacy-token-invalid-since': '2025-12-01' });
      expect(await ask()).toEqual({
        refusal: expect.stringContaining(
          'the token in secret default/web-token for service account default/web has been marked invalid.',
        ),
      });
      expect(told).toEqual([]);
    });
  });

  describe('bootstrap tokens', () => {
    const bearerToken = 'abcdef.0123456789abcdef';
    const good = {
      'token-id': 'abcdef',
      'token-secret': '0123456789abcdef',
      'usage-bootstrap-authentication': 'true',
      'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
      expiration: '2026-01-02T00:00:00Z',
    };
    const secret = (data: Record<string, string>, type = 'bootstrap.kubernetes.io/token') => ({
      type,
      data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encoded(value)])),
    });

    it('let nodes join', async () => {
      secrets.set('kube-system/bootstrap-token-abcdef', secret(good));
      expect(await from({ bearerToken })).toEqual({
        username: 'system:bootstrap:abcdef',
        groups: ['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token', 'system:authenticated'],
      });
    });

    it.each<[string, object]>([
      ['expired', secret({ ...good, expiration: '2025-12-31T23:59:59Z' })],
      ['of an unreadable end', secret({ ...good, expiration: 'tomorrow' })],
      ['of an end without a time', secret({ ...good, expiration: '2027-01-01' })],
      ['for signing only', secret({ ...good, 'usage-bootstrap-authentication': 'false' })],
      ['of another secret', secret({ ...good, 'token-secret': '0123456789abcdee' })],
      ['of another id', secret({ ...good, 'token-id': 'abcdee' })],
      ['of another type', secret(good, 'Opaque')],
      ['for groups of others', secret({ ...good, 'auth-extra-groups': 'system:masters' })],
      [
        'for groups with blanks between them',
        secret({ ...good, 'auth-extra-groups': 'system:bootstrappers:a, system:bootstrappers:b' }),
      ],
      ['for a group without a name', secret({ ...good, 'auth-extra-groups': 'system:bootstrappers:a,' })],
    ])('are refused when %s', async (_what, stored) => {
      secrets.set('kube-system/bootstrap-token-abcdef', stored);
      await expect(from({ bearerToken })).rejects.toMatchObject(UNAUTHORIZED);
    });
  });
});

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

function swapClaims(token: string): string {
  const [head, , signature] = token.split('.');
  return `${head}.${Buffer.from('{"sub":"system:serviceaccount:kube-system:root"}').toString('base64url')}.${signature}`;
}

function encodedUrl(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Its header changed, key id kept, and no signature. */
function reheaded(token: string, header: object): string {
  const [head = '', body] = token.split('.');
  const old = JSON.parse(Buffer.from(head, 'base64url').toString()) as object;
  return `${encodedUrl({ ...old, ...header })}.${body}.`;
}

/** The old trick: an HMAC whose secret everybody can read at /openid/v1/jwks. */
function signedByPublicKey({ serviceAccountKey }: SandboxAuthenticator, token: string): string {
  const [head, body] = reheaded(token, { alg: 'HS256' }).split('.');
  const pem = createPublicKey({ key: serviceAccountKey.jwk() as never, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  });
  const signature = createHmac('sha256', pem).update(`${head}.${body}`).digest('base64url');
  return `${head}.${body}.${signature}`;
}

function unsigned(token: string): string {
  const [, claims] = token.split('.');
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
}
