import { execFileSync } from 'node:child_process';
import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, Kubectl } from './support/kubectl.js';
import { Rest } from './support/rest.js';
import { ServerProcess } from './support/server-process.js';

interface Claims {
  iss: string;
  aud: string[];
  sub: string;
  exp: number;
  iat: number;
}

const partOf = <T>(token: string, index: number) =>
  JSON.parse(Buffer.from(token.split('.')[index]!, 'base64url').toString()) as T;

/** The way of every book: a key, a request, an approval, a certificate, a binding. */
describe('a new user', () => {
  const home = mkdtempSync(join(tmpdir(), 'sandkube-users-'));
  const file = (name: string) => join(home, name);
  let server: ServerProcess;
  let admin: Kubectl;
  /** The same cluster in a kubeconfig of her own. */
  let jane: Kubectl;

  /** Fails loudly where there is no openssl. */
  const openssl = (line: string) => execFileSync('openssl', line.split(' '), { cwd: home, stdio: 'pipe' });
  const request = (name: string, csr: string, more = '') => `
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: { name: ${name} }
spec:
  request: ${csr}
  signerName: kubernetes.io/kube-apiserver-client
  usages: [client auth]
${more}`;

  beforeAll(async () => {
    server = await ServerProcess.start();
    admin = new Kubectl(server.kubeconfig);
  });
  afterAll(async () => {
    await server.dispose();
    rmSync(home, { recursive: true, force: true });
  });

  it('gets a certificate from the cluster', async () => {
    openssl('genrsa -out jane.key 2048');
    openssl('req -new -key jane.key -out jane.csr -subj /CN=jane/O=developers');
    const csr = execFileSync('base64', ['-w0', file('jane.csr')], { encoding: 'utf8' });
    expect(await admin.ok('apply -f -', request('jane', csr, '  expirationSeconds: 86400'))).toBe(
      'certificatesigningrequest.certificates.k8s.io/jane created\n',
    );
    expect(await admin.ok('get csr jane')).toMatch(
      /jane +\d+s +kubernetes.io\/kube-apiserver-client +kubernetes-admin +24h +Pending\n$/,
    );
    expect(await admin.ok('certificate approve jane')).toBe(
      'certificatesigningrequest.certificates.k8s.io/jane approved\n',
    );
    await eventually(
      () => admin.ok('get csr jane'),
      (text) => text.includes('Approved,Issued'),
    );
    const pem = Buffer.from(await admin.ok('get csr jane -o jsonpath={.status.certificate}'), 'base64');
    writeFileSync(file('jane.crt'), pem);
    expect(new X509Certificate(pem).subject).toBe('CN=jane\nO=developers');
    expect(openssl('x509 -in jane.crt -noout -text').toString()).toContain('TLS Web Client Authentication');

    copyFileSync(server.kubeconfig, file('config'));
    const own = new Kubectl(file('config'));
    await own.ok(
      `config set-credentials jane --client-key=${file('jane.key')} --client-certificate=${file('jane.crt')}`,
    );
    await own.ok('config set-context jane --cluster=default --user=jane');
    await own.ok('config use-context jane');
    jane = own;
    expect(await jane.ok('auth whoami')).toMatch(/Username +jane\nGroups +\[developers system:authenticated\]\n/);
  });

  it('may nothing until somebody lets her', async () => {
    expect(await jane.refused('get pods')).toBe(
      'Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"\n',
    );
    expect(await jane.refused('get node node01')).toContain(
      'nodes "node01" is forbidden: User "jane" cannot get resource "nodes" in API group "" at the cluster scope',
    );
  });

  it('may exactly what a role says', async () => {
    await admin.ok('create role reader --verb=get,list --resource=pods');
    await admin.ok('create rolebinding jane --role=reader --user=jane');
    expect(await jane.ok('get pods')).toBe('');
    expect(await jane.refused('get pods -n kube-system')).toContain('in the namespace "kube-system"');
    expect(await jane.refused('delete pod x')).toContain('pods "x" is forbidden: User "jane" cannot delete resource');
    expect(await admin.ok('auth can-i list pods --as jane')).toBe('yes\n');
    expect((await admin.run(['auth', 'can-i', 'list', 'secrets', '--as', 'jane'])).stdout).toBe('no\n');
    const list = await admin.ok('auth can-i --list --as jane');
    expect(list).toMatch(/^pods +\[\] +\[\] +\[get list\]$/m);
    expect(list).not.toContain('secrets');
  });

  it('cannot give away what she does not hold', async () => {
    await admin.ok('create role granter --verb=create --resource=rolebindings.rbac.authorization.k8s.io');
    await admin.ok('create rolebinding granter --role=granter --user=jane');
    expect(await jane.refused('create rolebinding more --clusterrole=view --user=jane')).toContain(
      'user "jane" (groups=["developers" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:',
    );
    expect(await jane.ok('create rolebinding friend --role=reader --user=joe')).toContain('friend created');
  });

  it('finds a request that nobody can sign refused', async () => {
    const refusal = await admin.refused('apply -f -', request('bad', Buffer.from('no request').toString('base64')));
    expect(refusal).toContain('PEM block type must be CERTIFICATE REQUEST');
    await admin.ok('delete csr jane');
  });

  it('finds what a cluster tells of itself', async () => {
    const trust = 'get cm extension-apiserver-authentication -n kube-system -o jsonpath={.data.client-ca-file}';
    const authority = new X509Certificate(
      await eventually(
        () => admin.ok(trust),
        (text) => text !== '',
      ),
    );
    const certificate = new X509Certificate(readFileSync(file('jane.crt')));
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(await admin.ok('get cm cluster-info -n kube-public -o jsonpath={.data.kubeconfig}')).toContain(
      'certificate-authority-data:',
    );
  });

  it('reconciles roles from a file', async () => {
    const role = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: default }
rules:
- { apiGroups: [""], resources: [pods/log], verbs: [get] }
`;
    expect(await admin.ok('auth reconcile -f -', role)).toContain('role.rbac.authorization.k8s.io/reader reconciled');
    expect(await admin.ok('get role reader -o jsonpath={.rules[*].resources}')).toBe('["pods"] ["pods/log"]');
  });

  describe('that is a service account', () => {
    let rest: Rest;
    const discovered = async (path: string) => (await rest.fetch(path)).json();
    const asToken = (token: string, path: string) =>
      fetch(rest.url(path), { headers: { authorization: `Bearer ${token}` } });

    beforeAll(async () => {
      rest = new Rest(server);
      await admin.ok('create serviceaccount bot');
    });

    it('gets tokens that anybody can verify by what the cluster publishes', async () => {
      const token = (await admin.ok('create token bot --duration=1h --audience=vault')).trim();
      const configuration = (await discovered('/.well-known/openid-configuration')) as Record<string, unknown>;
      const claims = partOf<Claims>(token, 1);
      expect(claims).toMatchObject({
        iss: configuration.issuer,
        aud: ['vault'],
        sub: 'system:serviceaccount:default:bot',
      });
      expect(claims.exp - claims.iat).toBe(3600);
      const path = new URL(configuration.jwks_uri as string).pathname.replace('/sandboxes/default', '');
      const { keys } = (await discovered(path)) as { keys: { kid: string }[] };
      const key = keys.find(({ kid }) => kid === partOf<{ kid: string }>(token, 0).kid)!;
      const [head, body, signature] = token.split('.');
      const publicKey = createPublicKey({ key: key as never, format: 'jwk' });
      const signed = Buffer.from(`${head}.${body}`);
      const options = { key: publicKey, dsaEncoding: 'ieee-p1363' as const };
      expect(verify('sha256', signed, options, Buffer.from(signature!, 'base64url'))).toBe(true);
      // For somebody else, so the API server does not take it.
      expect((await asToken(token, '/api')).status).toBe(401);
    });

    it('loses a token with what it is bound to', async () => {
      await admin.ok('create secret generic anchor');
      const token = (await admin.ok('create token bot --bound-object-kind=Secret --bound-object-name=anchor')).trim();
      expect((await asToken(token, '/api')).status).toBe(200);
      await admin.ok('delete secret anchor');
      expect((await asToken(token, '/api')).status).toBe(401);
      expect(await admin.refused('create token bot --duration=5m')).toContain(
        'may not specify a duration less than 10 minutes',
      );
    });

    it('has a token without an end in a Secret that asks for one', async () => {
      const secret = `
apiVersion: v1
kind: Secret
metadata: { name: bot-token, annotations: { kubernetes.io/service-account.name: bot } }
type: kubernetes.io/service-account-token
`;
      await admin.ok('apply -f -', secret);
      const encoded = await eventually(
        () => admin.ok('get secret bot-token -o jsonpath={.data.token}'),
        (text) => text !== '',
      );
      const token = Buffer.from(encoded, 'base64').toString();
      expect((await asToken(token, '/api')).status).toBe(200);
      expect((await asToken(token, '/api/v1/nodes')).status).toBe(403);
      await eventually(
        () => admin.ok('get secret bot-token --show-labels'),
        (text) => /kubernetes.io\/legacy-token-last-used=\d{4}-\d{2}-\d{2}/.test(text),
      );
      await admin.ok('delete serviceaccount bot');
      expect((await asToken(token, '/api')).status).toBe(401);
      await eventually(
        () => admin.run(['get', 'secret', 'bot-token']),
        ({ stderr }) => stderr.includes('not found'),
      );
    });
  });
});
