import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, Kubectl } from './support/kubectl.js';
import { ServerProcess } from './support/server-process.js';

interface Listed {
  items: { metadata: { name: string }; status: { phase: string } }[];
}

/** The lines of DESIGN 9 and what follows from them, as a user types them. */
describe('a deployment, from kubectl create to kubectl delete', () => {
  let server: ServerProcess;
  let kubectl: Kubectl;
  beforeAll(async () => {
    server = await ServerProcess.start();
    kubectl = new Kubectl(server.kubeconfig);
  });
  afterAll(() => server.dispose());

  const pods = async () => (await kubectl.json<Listed>('get pods -l app=web')).items;

  it('shows three nodes', async () => {
    const lines = (await kubectl.ok('get nodes')).trim().split('\n');
    expect(lines[0]).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION$/);
    expect(lines.slice(1).map((line) => line.split(/ +/).slice(0, 3))).toEqual([
      ['controlplane', 'Ready', 'control-plane'],
      ['node01', 'Ready', '<none>'],
      ['node02', 'Ready', '<none>'],
    ]);
  });

  it('creates, rolls out, and shows each state of each pod once', async () => {
    const watch = kubectl.background('get pods -w --no-headers');
    expect(await kubectl.ok('create deployment web --image=nginx --replicas=3')).toBe('deployment.apps/web created\n');
    expect(await kubectl.ok('rollout status deployment/web')).toContain('deployment "web" successfully rolled out');
    await eventually(watch.text, (text) => text.match(/ 1\/1 +Running /g)?.length === 3);
    watch.child.kill();

    const statesOf = new Map<string, string[]>();
    for (const line of watch.text().trim().split('\n')) {
      const [name = '', ready = '', status = ''] = line.split(/ +/);
      statesOf.set(name, [...(statesOf.get(name) ?? []), `${ready} ${status}`]);
    }
    expect(statesOf.size).toBe(3);
    for (const states of statesOf.values()) {
      // Pending twice, as a real cluster prints it: created, then bound to a node.
      expect(states).toEqual(['0/1 Pending', '0/1 Pending', '0/1 ContainerCreating', '1/1 Running']);
    }
  });

  it('tells in events and in describe what happened', async () => {
    const described = await kubectl.ok('describe pods -l app=web');
    for (const reason of ['Scheduled', 'Pulled', 'Created', 'Started']) expect(described).toContain(reason);
    expect(described).toMatch(/Successfully assigned default\/web-[a-z0-9-]+ to node0[12]/);
    expect(await kubectl.ok('describe deployment web')).toContain('ScalingReplicaSet');
  });

  it('replaces a deleted pod', async () => {
    const [first] = await pods();
    await kubectl.ok(`delete pod ${first!.metadata.name} --wait=true`);
    const after = await eventually(
      pods,
      (now) => now.length === 3 && now.every((pod) => pod.status.phase === 'Running'),
    );
    expect(after.map((pod) => pod.metadata.name)).not.toContain(first!.metadata.name);
  });

  it('updates, keeps history and undoes', async () => {
    await kubectl.ok('set image deployment/web nginx=nginx:1.29');
    await kubectl.ok('rollout status deployment/web');
    const history = await kubectl.ok('rollout history deployment/web');
    expect(history).toMatch(/^1 /m);
    expect(history).toMatch(/^2 /m);
    await kubectl.ok('rollout undo deployment/web');
    await kubectl.ok('rollout status deployment/web');
    expect(await kubectl.ok('get deployment web -o jsonpath={.spec.template.spec.containers[0].image}')).toBe('nginx');
    expect(await kubectl.ok('rollout history deployment/web')).toMatch(/^3 /m);
  });

  it('scales, and exposes what is ready as endpoints', async () => {
    await kubectl.ok('scale deployment web --replicas=2');
    await kubectl.ok('expose deployment web --port=80');
    const addresses = () =>
      kubectl.ok(
        'get endpointslices -l kubernetes.io/service-name=web -o jsonpath={.items[*].endpoints[*].addresses[0]}',
      );
    const ips = (await eventually(addresses, (text) => text.trim().split(' ').length === 2)).trim().split(' ');
    expect(new Set(ips).size).toBe(2);
    const podIps = await kubectl.ok('get pods -l app=web -o jsonpath={.items[*].status.podIP}');
    await eventually(pods, (now) => now.length === 2);
    for (const ip of ips) expect(podIps).toContain(ip);
  });

  it('leaves no pod and no replica set when it is deleted', async () => {
    await kubectl.ok('delete deployment web');
    await eventually(pods, (now) => now.length === 0);
    expect((await kubectl.json<Listed>('get replicasets')).items).toEqual([]);
  });

  it('explains', async () => {
    const text = await kubectl.ok('explain pod.spec.containers');
    // kubectl before 1.27 words this differently.
    expect(text).toMatch(/^KIND: +Pod$/m);
    expect(text).toMatch(/^(FIELD|RESOURCE): containers <\[\](Container|Object)>$/m);
    expect(text).toMatch(/^ {2,3}imagePullPolicy\t<string>$/m);
  });
});
