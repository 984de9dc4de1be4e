import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kubectl, kubectlVersions } from './support/kubectl.js';
import { ServerProcess } from './support/server-process.js';

const manifest = (label: string, data: string, port: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: app, labels: { a: "1"${label} } }
data: { x: "1", ${data} }
---
apiVersion: v1
kind: Service
metadata: { name: app }
spec: { selector: { app: web }, ports: [{ name: a, port: 80 }, ${port}] }
`;
const FIRST = manifest(', b: "2"', 'w: "2"', '{ name: b, port: 81 }');
const SECOND = manifest('', 'z: "3"', '{ name: c, port: 82 }');

/** Of the typed creates; from 1.32 on kubectl sends these as protocol buffers. NS stands for the namespace. */
const CREATES = [
  'configmap c1 --from-literal=a=b',
  'secret generic s1 --from-literal=a=b',
  'secret docker-registry s2 --docker-server=a --docker-username=b --docker-password=c',
  'serviceaccount sa1',
  'role r1 --verb=get --resource=pods',
  'rolebinding rb1 --role=r1 --serviceaccount=NS:sa1',
  'clusterrole cr-NS --verb=get --resource=nodes',
  'clusterrolebinding crb-NS --clusterrole=cr-NS --serviceaccount=NS:sa1',
  'quota q1 --hard=pods=50,requests.cpu=8',
  'ingress i1 --rule=foo.com/bar=svc:80',
  'job j1 --image=busybox',
  'cronjob cj1 --image=busybox --schedule=@hourly',
  'poddisruptionbudget pdb1 --selector=app=web --min-available=1',
  'priorityclass pc-NS --value=10',
  'service clusterip sc1 --tcp=80:80',
  'service nodeport sn1 --tcp=80:http',
  'service externalname se1 --external-name=a.b',
];

interface Named {
  items: { kind: string; metadata: { name: string } }[];
}

/** From create to undo. */
async function runDeployment(ok: (line: string) => Promise<string>): Promise<void> {
  expect(await ok('get nodes -o name')).toBe('node/controlplane\nnode/node01\nnode/node02\n');
  expect(await ok('create deployment web --image=nginx --replicas=2')).toBe('deployment.apps/web created\n');
  await ok('rollout status deployment/web');
  expect(await ok('get pods -o wide')).toMatch(
    /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\n(web-\S+ +1\/1 +Running +0 +\d+s +\d+\.\d+\.\d+\.\d+ +node0[12] +<none> +<none>\n){2}$/,
  );
  expect(await ok('scale deployment web --replicas=1')).toBe('deployment.apps/web scaled\n');
  await ok('set image deployment/web nginx=nginx:1.29');
  await ok('rollout status deployment/web');
  expect(await ok('rollout undo deployment/web')).toBe('deployment.apps/web rolled back\n');
  await ok('wait --for=condition=Available deployment/web --timeout=20s');
  await ok('rollout status deployment/web');
  expect(await ok('get deployment web -o jsonpath={..image}')).toBe('nginx');
  expect(await ok('get deployment web -o jsonpath={.spec.replicas}')).toBe('1');
}

const namespaceOf = (version: string) => `v${version.replace('.', '-')}`;
const versions = kubectlVersions();

describe('every kubectl there is', () => {
  let server: ServerProcess;
  const folder = mkdtempSync(join(tmpdir(), 'sandkube-manifests-'));
  /** All at once: a rollout mostly waits. */
  const deployments = new Map<string, Promise<void>>();
  const kubectls = new Map<string, Kubectl>();
  beforeAll(async () => {
    server = await ServerProcess.start();
    for (const { version, path } of versions) {
      const kubectl = new Kubectl(server.kubeconfig, path);
      kubectls.set(version, kubectl);
      await kubectl.ok(`create namespace ${namespaceOf(version)}`);
      const done = runDeployment((line) => kubectl.ok(`-n ${namespaceOf(version)} ${line}`));
      done.catch(() => undefined);
      deployments.set(version, done);
    }
  });
  afterAll(() => server.dispose());

  describe.each(versions)('$version', ({ version }) => {
    const namespace = namespaceOf(version);
    let kubectl: Kubectl;
    const ok = (line: string, stdin?: string) => kubectl.ok(`-n ${namespace} ${line}`, stdin);

    beforeAll(() => {
      kubectl = kubectls.get(version)!;
    });

    it('runs a deployment', () => deployments.get(version));

    it('applies what its user wants, and takes away what that user no longer wants', async () => {
      expect(await ok('apply -f -', FIRST)).toBe('configmap/app created\nservice/app created\n');
      await ok('label configmap app other=kept');
      await ok('annotate configmap app note=kept');
      const file = join(folder, `${namespace}.yaml`);
      writeFileSync(file, SECOND);
      const diff = await kubectl.run(['-n', namespace, 'diff', '-f', file]);
      expect(diff.code).toBe(1);
      expect(diff.stdout).toMatch(/^- {2}w: "2"$/m);
      expect(diff.stdout).toMatch(/^\+ {2}z: "3"$/m);
      expect(await ok(`apply -f ${file}`)).toBe('configmap/app configured\nservice/app configured\n');
      expect(await ok('get configmap app -o jsonpath={.metadata.labels}{.data}')).toBe(
        '{"a":"1","other":"kept"}{"x":"1","z":"3"}',
      );
      expect(await ok('get configmap app -o jsonpath={.metadata.annotations.note}')).toBe('kept');
      expect(await ok('get service app -o jsonpath={.spec.ports[*].name}:{.spec.ports[*].port}')).toBe('a c:80 82');
      expect((await kubectl.run(['-n', namespace, 'diff', '-f', file])).code).toBe(0);
      expect(await ok(`apply -f ${file}`)).toBe('configmap/app unchanged\nservice/app unchanged\n');
    });

    it('patches in three ways', async () => {
      await ok('patch configmap app --type=json -p [{"op":"add","path":"/data/j","value":"1"}]');
      await ok('patch configmap app --type=merge -p {"data":{"m":"1","x":null}}');
      expect(await ok('get configmap app -o jsonpath={.data}')).toBe('{"j":"1","m":"1","z":"3"}');
      const containers = '{"name":"nginx","env":[{"name":"A","value":"1"}]}';
      await ok(`patch deployment web -p {"spec":{"template":{"spec":{"containers":[${containers}]}}}}`);
      await ok('rollout status deployment/web');
      expect(await ok('get deployment web -o jsonpath={..image}{..env[0].name}')).toBe('nginxA');
    });

    it('tells about things', async () => {
      expect(await ok('explain pod.spec.containers.image')).toContain('FIELD: image <string>');
      expect(await ok('describe pods -l app=web')).toContain('Successfully pulled image "nginx"');
      expect(await ok('get events --field-selector reason=ScalingReplicaSet')).toMatch(/Scaled up replica set web-\S+/);
      expect(await ok('auth can-i create pods')).toBe('yes\n');
      expect(await ok('api-resources --api-group=apps -o name')).toBe(
        'controllerrevisions.apps\ndaemonsets.apps\ndeployments.apps\nreplicasets.apps\nstatefulsets.apps\n',
      );
    });

    it('creates without creating', async () => {
      const client = await ok('create deployment dry --image=nginx --dry-run=client -o yaml');
      expect(client).not.toContain('uid:');
      const onServer = await ok('create deployment dry --image=nginx --dry-run=server -o yaml');
      expect(onServer).toMatch(/^ {2}uid: /m);
      expect(onServer).toContain('progressDeadlineSeconds: 600');
      expect(await kubectl.refused(`-n ${namespace} get deployment dry`)).toContain('deployments.apps "dry" not found');
    });

    it('creates each kind that has a command of its own', async () => {
      for (const line of CREATES) {
        expect(await ok(`create ${line.replaceAll('NS', namespace)}`)).toMatch(/ created\n$/);
      }
      expect(await ok('get ingress i1 -o jsonpath={.spec.rules[0].http.paths[0].backend.service.name}')).toBe('svc');
      expect(await ok('get service sn1 -o jsonpath={.spec.ports[0].targetPort}')).toBe('http');
      expect(await ok('get quota q1 -o jsonpath={.spec.hard}')).toBe('{"pods":"50","requests.cpu":"8"}');
      expect((await ok('create token sa1 --duration=20m')).split('.')).toHaveLength(3);
      const asAccount = `--as=system:serviceaccount:${namespace}:sa1`;
      expect(await ok(`${asAccount} auth can-i get pods`)).toBe('yes\n');
      const denied = await kubectl.run(['-n', namespace, asAccount, 'auth', 'can-i', 'delete', 'pods']);
      expect([denied.code, denied.stdout]).toEqual([1, 'no\n']);
    });

    it('deletes, one and all', async () => {
      expect(await ok('delete deployment web')).toMatch(/^deployment\.apps "web" deleted/);
      await ok('delete service,configmap,ingress,quota --all');
      const left = await kubectl.json<Named>(`-n ${namespace} get services,ingresses,resourcequotas`);
      expect(left.items).toEqual([]);
      await kubectl.ok(`delete namespace ${namespace}`);
      expect(await kubectl.refused(`get namespace ${namespace}`)).toContain('(NotFound)');
    });
  });
});
