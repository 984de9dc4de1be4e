import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, Kubectl } from './support/kubectl.js';
import { ServerProcess } from './support/server-process.js';

const sandbox = (name: string) => `
apiVersion: sandkube.dev/v1alpha1
kind: Sandbox
metadata: { name: ${name}, namespace: default }
spec: { template: starter }
`;

describe('two sandboxes', () => {
  let server: ServerProcess;
  let host: Kubectl;
  const cluster: Record<string, Kubectl> = {};

  beforeAll(async () => {
    server = await ServerProcess.start();
    host = new Kubectl(server.kubeconfig);
  });
  afterAll(() => server.dispose());

  const kubeconfigPath = (name: string) => join(server.dataDir, `${name}.kubeconfig`);

  it('come from two objects on the host, each with a kubeconfig', async () => {
    await host.ok('--context host apply -f -', `${sandbox('blue')}---${sandbox('green')}`);
    await host.ok('--context host wait --for=condition=Ready sandbox/blue sandbox/green --timeout=30s');
    for (const name of ['blue', 'green']) {
      const path = `/apis/sandkube.dev/v1alpha1/namespaces/default/sandboxes/${name}/kubeconfig`;
      writeFileSync(kubeconfigPath(name), await host.ok(`--context host get --raw ${path}`));
      cluster[name] = new Kubectl(kubeconfigPath(name));
      expect(await cluster[name].ok('get nodes -o name')).toBe('node/controlplane\nnode/node01\nnode/node02\n');
    }
    const table = await host.ok('--context host get sandboxes -A');
    expect(table).toMatch(/^NAMESPACE +NAME +TEMPLATE +STATUS +URL +AGE$/m);
    for (const name of ['blue', 'default', 'green'])
      expect(table).toMatch(new RegExp(`^default +${name} +starter +Ready`, 'm'));
  });

  it('hold the same deployment without meeting', async () => {
    await Promise.all(
      ['blue', 'green'].map((name) => cluster[name]!.ok('create deployment web --image=nginx --replicas=2')),
    );
    await Promise.all(['blue', 'green'].map((name) => cluster[name]!.ok('rollout status deployment/web')));
    const uids = await Promise.all(
      ['blue', 'green'].map((name) => cluster[name]!.ok('get pods -o jsonpath={.items[*].metadata.uid}')),
    );
    const [blue, green] = uids.map((text) => text.trim().split(' '));
    expect(blue).toHaveLength(2);
    expect(green).toHaveLength(2);
    expect(blue!.filter((uid) => green!.includes(uid))).toEqual([]);
    await cluster.blue!.ok('delete deployment web');
    expect(await cluster.green!.ok('get deployment web -o name')).toBe('deployment.apps/web\n');
  });

  it('refuse the credentials of one another and of the host', async () => {
    const at = (name: string) => `--server ${server.url}/sandboxes/${name}`;
    for (const [whose, where] of [
      ['blue', at('green')],
      ['green', at('blue')],
      ['blue', `--server ${server.url}`],
    ] as const) {
      expect(await cluster[whose]!.refused(`${where} get pods`)).toMatch(/Unauthorized|forbidden|must be logged in/);
    }
    expect(await host.refused(`--context host ${at('blue')} get pods`)).toMatch(
      /Unauthorized|forbidden|must be logged in/,
    );
  });

  it('free their name only when everything of them is gone', async () => {
    await host.ok('--context host delete sandbox blue');
    expect(await cluster.blue!.refused('get pods')).toMatch(/not find|NotFound|Unauthorized/);
    await host.ok('--context host apply -f -', sandbox('blue'));
    await host.ok('--context host wait --for=condition=Ready sandbox/blue --timeout=30s');
    // A new cluster of the old name does not know the old one's credentials.
    expect(await cluster.blue!.refused('get pods')).toMatch(/Unauthorized|must be logged in/);
    const answered = await eventually(
      () => host.ok('--context host get sandboxes -o jsonpath={.items[*].status.phase}'),
      (text) => text === 'Ready Ready Ready',
    );
    expect(answered).toBe('Ready Ready Ready');
  });
});
