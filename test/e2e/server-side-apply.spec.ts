import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kubectl } from './support/kubectl.js';
import { ServerProcess } from './support/server-process.js';

const manifest = (replicas: number, image = 'nginx') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "${image}" }] }
`;

interface Managed {
  metadata: { managedFields: { manager: string; operation: string; subresource?: string }[] };
}

/** What a team types that shares a Deployment, from client-side apply on. */
describe('server-side apply with kubectl', () => {
  let server: ServerProcess;
  let kubectl: Kubectl;
  const file = join(mkdtempSync(join(tmpdir(), 'sandkube-apply-')), 'web.yaml');
  const wants = (text: string): string => {
    writeFileSync(file, text);
    return file;
  };
  const managers = async () =>
    (await kubectl.json<Managed>('get deployment web --show-managed-fields')).metadata.managedFields
      .filter(({ manager }) => manager !== 'kube-controller-manager')
      .map(({ manager, operation, subresource = '' }) => `${manager} ${operation} ${subresource}`.trim());

  beforeAll(async () => {
    server = await ServerProcess.start();
    kubectl = new Kubectl(server.kubeconfig);
  });
  afterAll(() => server.dispose());

  it('takes over what kubectl applied by itself', async () => {
    expect(await kubectl.ok(`apply -f ${wants(manifest(1))}`)).toBe('deployment.apps/web created\n');
    expect(await managers()).toEqual(['kubectl-client-side-apply Update']);
    expect(await kubectl.ok(`apply --server-side -f ${file}`)).toBe('deployment.apps/web serverside-applied\n');
    expect(await managers()).toEqual(['kubectl-last-applied Apply', 'kubectl Apply']);
    expect(await kubectl.ok(`diff --server-side -f ${file}`)).toBe('');
    expect(await kubectl.ok('apply view-last-applied deployment/web')).toContain('replicas: 1\n');
  });

  it('conflicts with who scaled, until forced', async () => {
    await kubectl.ok('scale deployment web --replicas=3');
    const refused = await kubectl.refused(`apply --server-side -f ${file}`);
    expect(refused).toContain(
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    );
    await kubectl.ok(`apply --server-side --force-conflicts -f ${file}`);
    expect(await kubectl.ok('get deployment web -o jsonpath={.spec.replicas}')).toBe('1');
  });

  it('names each command, and leaves their fields alone', async () => {
    await kubectl.ok('label deployment web tier=front');
    await kubectl.ok('annotate deployment web note=a');
    await kubectl.ok('set image deployment/web web=nginx:1.29');
    expect((await managers()).toSorted()).toEqual([
      'kubectl Apply',
      'kubectl-annotate Update',
      'kubectl-label Update',
      'kubectl-last-applied Apply',
      'kubectl-set Update',
    ]);
    await kubectl.ok(`apply --server-side --force-conflicts -f ${wants(manifest(2, 'nginx'))}`);
    expect(await kubectl.ok('get deployment web -o jsonpath={.metadata.labels.tier}')).toBe('front');
  });

  it('says what is no field of the kind', async () => {
    const refused = await kubectl.refused(
      'apply --server-side -f -',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\nfoo: 1\n',
    );
    expect(refused).toContain(
      'failed to create typed patch object (default/a; /v1, Kind=ConfigMap): .foo: field not declared in schema',
    );
  });
});
