import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  type V1Pod,
  Watch,
} from 'kubernetes-client-1';
import { eventually, Kubectl } from './support/kubectl.js';
import { prometheusPath, python, runOn } from './support/programs.js';
import { freePort, ServerProcess } from './support/server-process.js';

let server: ServerProcess;
let kubectl: Kubectl;
beforeAll(async () => {
  server = await ServerProcess.start();
  kubectl = new Kubectl(server.kubeconfig);
  await kubectl.ok('create deployment web --image=nginx --replicas=2 --port=80');
  await kubectl.ok('expose deployment web --port=80 --target-port=80');
  await kubectl.ok('create ingress web --rule=web.example.com/*=web:80');
  await kubectl.ok('rollout status deployment/web');
});
afterAll(() => server.dispose());

describe("Kubernetes' own JavaScript client", () => {
  let config: KubeConfig;
  beforeAll(() => {
    config = new KubeConfig();
    config.loadFromFile(server.kubeconfig);
  });

  it('keeps an informer current through adds, changes and deletions', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const list = () => core.listNamespacedPod({ namespace: 'default', labelSelector: 'app=web' });
    const informer = makeInformer(config, '/api/v1/namespaces/default/pods', list, 'app=web');
    const seen: string[] = [];
    for (const verb of ['add', 'update', 'delete'] as const) {
      informer.on(verb, (pod: V1Pod) => seen.push(`${verb} ${pod.metadata!.name}`));
    }
    informer.on('error', (error: unknown) => seen.push(`error ${String(error)}`));
    await informer.start();
    try {
      const names = () => informer.list('default').map((pod) => pod.metadata!.name!);
      await eventually(names, (now) => now.length === 2);
      const [first] = names();
      await core.deleteNamespacedPod({ namespace: 'default', name: first! });
      await eventually(names, (now) => now.length === 2 && !now.includes(first!));
      await eventually(
        () => informer.list('default'),
        (pods) => pods.every(({ status }) => status?.phase === 'Running'),
      );
      expect(seen).toContain(`delete ${first}`);
      expect(seen.filter((line) => line.startsWith('add '))).toHaveLength(3);
      expect(seen.filter((line) => line.startsWith('error '))).toEqual([]);
    } finally {
      await informer.stop();
    }
  });

  it('writes typed objects, patches them in every way, and applies', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const namespace = 'default';
    const made = await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name: 'js' }, data: { a: '1' } },
    });
    expect(made.metadata!.creationTimestamp).toBeInstanceOf(Date);
    await expect(
      core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'js' } } }),
    ).rejects.toMatchObject({
      code: 409,
    });
    const objects = KubernetesObjectApi.makeApiClient(config);
    const target = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'js', namespace } };
    await objects.patch(
      { ...target, data: { b: '2' } } as typeof target,
      undefined,
      undefined,
      'js',
      undefined,
      PatchStrategy.MergePatch,
    );
    const applied = { ...target, data: { c: '3' } };
    await objects.patch(
      applied as typeof target,
      undefined,
      undefined,
      'js-apply',
      true,
      PatchStrategy.ServerSideApply,
    );
    expect((await core.readNamespacedConfigMap({ namespace, name: 'js' })).data).toEqual({ a: '1', b: '2', c: '3' });
    const scale = await config.makeApiClient(AppsV1Api).readNamespacedDeploymentScale({ namespace, name: 'web' });
    expect(scale.spec!.replicas).toBe(2);
    await core.deleteNamespacedConfigMap({ namespace, name: 'js' });
    await expect(core.readNamespacedConfigMap({ namespace, name: 'js' })).rejects.toMatchObject({ code: 404 });
  });

  it('gets the initial state and a bookmark at its end when it asks for them', async () => {
    const types: string[] = [];
    const watch = new Watch(config);
    const query = { allowWatchBookmarks: true, sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' };
    const request = await watch.watch(
      '/api/v1/nodes',
      query,
      (type) => types.push(type),
      () => {},
    );
    await eventually(
      () => types,
      (now) => now.includes('BOOKMARK'),
    );
    request.abort();
    expect(types).toEqual(['ADDED', 'ADDED', 'ADDED', 'BOOKMARK']);
  });
});

/** What an operator in Python does: lists, watches, writes with and without conflicts, dynamic discovery. */
const PYTHON_PROGRAM = `
import sys, json
from kubernetes import client, config, watch, dynamic
from kubernetes.client.rest import ApiException
config.load_kube_config(config_file=sys.argv[1])
core, apps = client.CoreV1Api(), client.AppsV1Api()
out = {}
out["nodes"] = sorted(n.metadata.name for n in core.list_node().items)
out["version"] = client.VersionApi().get_code().git_version
core.create_namespaced_config_map("default", client.V1ConfigMap(metadata=client.V1ObjectMeta(name="py"), data={"a": "1"}))
try:
    core.create_namespaced_config_map("default", client.V1ConfigMap(metadata=client.V1ObjectMeta(name="py")))
except ApiException as e:
    out["again"] = [e.status, json.loads(e.body)["message"]]
seen = []
for event in watch.Watch().stream(core.list_namespaced_pod, "default", label_selector="app=web", timeout_seconds=20):
    seen.append(event["type"])
    if len(seen) == 2:
        break
out["watched"] = seen
old = core.read_namespaced_config_map("py", "default")
core.patch_namespaced_config_map("py", "default", {"data": {"b": "2"}})
try:
    core.replace_namespaced_config_map("py", "default", old)
except ApiException as e:
    out["stale"] = [e.status, e.reason]
out["pages"] = []
page = core.list_namespaced_pod("kube-system", limit=1)
token = core.list_namespace(limit=2)
while True:
    out["pages"].append(len(token.items))
    if not token.metadata._continue:
        break
    token = core.list_namespace(limit=2, _continue=token.metadata._continue)
apps.patch_namespaced_deployment_scale("web", "default", {"spec": {"replicas": 3}})
out["replicas"] = apps.read_namespaced_deployment("web", "default").spec.replicas
apps.patch_namespaced_deployment_scale("web", "default", {"spec": {"replicas": 2}})
found = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version="apps/v1", kind="Deployment")
out["dynamic"] = [found.name, [d.metadata.name for d in found.get(namespace="default").items]]
out["can"] = client.AuthorizationV1Api().create_self_subject_access_review(client.V1SelfSubjectAccessReview(
    spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=client.V1ResourceAttributes(verb="create", resource="pods", namespace="default")))).status.allowed
core.delete_namespaced_config_map("py", "default")
print(json.dumps(out))
`;

describe("Debian's Python client", () => {
  it('lists, watches, pages, scales and is refused as in any cluster', async () => {
    const out: unknown = JSON.parse(await python(PYTHON_PROGRAM, [server.kubeconfig]));
    expect(out).toEqual({
      nodes: ['controlplane', 'node01', 'node02'],
      version: 'v1.36.0',
      again: [409, 'configmaps "py" already exists'],
      watched: ['ADDED', 'ADDED'],
      stale: [409, 'Conflict'],
      pages: [2, 2],
      replicas: 3,
      dynamic: ['deployments', ['web']],
      can: true,
    });
  });
});

const ROLES = ['pod', 'service', 'endpointslice', 'endpoints', 'node', 'ingress'] as const;

/** Every target is dropped: what is tested is discovery, and simulated addresses must never be called. */
function prometheusConfig(): string {
  const job = (role: string) => `
  - job_name: ${role}
    kubernetes_sd_configs: [{ role: ${role}, kubeconfig_file: ${JSON.stringify(server.kubeconfig)} }]
    relabel_configs: [{ action: drop, source_labels: [job], regex: ${role} }]`;
  return `scrape_configs:${ROLES.map(job).join('')}\n`;
}

interface Discovered {
  data: { activeTargets: unknown[]; droppedTargets: { discoveredLabels: Record<string, string> }[] };
}

describe("Debian's Prometheus", () => {
  it('discovers pods, services, endpoint slices, endpoints, nodes and ingresses, and follows their changes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandkube-prometheus-'));
    const port = await freePort();
    const file = join(folder, 'prometheus.yml');
    writeFileSync(file, prometheusConfig());
    const { child, text } = runOn(prometheusPath(), [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    const labels = async (): Promise<Record<string, string>[]> => {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/targets`).catch(() => undefined);
      if (!response?.ok) return [];
      const { data } = (await response.json()) as Discovered;
      expect(data.activeTargets).toEqual([]);
      return data.droppedTargets.map(({ discoveredLabels }) => discoveredLabels);
    };
    const of = (all: Record<string, string>[], job: string) => all.filter((one) => one['job'] === job);
    const webPods = (all: Record<string, string>[]) =>
      of(all, 'pod').filter((one) => one['__meta_kubernetes_pod_label_app'] === 'web');
    try {
      const all = await eventually(labels, (now) => ROLES.every((role) => of(now, role).length > 0), 40_000);
      expect(
        of(all, 'node')
          .map((one) => one['__meta_kubernetes_node_name'] ?? '')
          .toSorted(),
      ).toEqual(['controlplane', 'node01', 'node02']);
      expect(webPods(all).map((one) => one['__meta_kubernetes_pod_phase'])).toEqual(['Running', 'Running']);
      expect(of(all, 'ingress')[0]).toMatchObject({ __meta_kubernetes_ingress_host: 'web.example.com' });
      expect(of(all, 'service').map((one) => one['__meta_kubernetes_service_name'])).toContain('web');
      const slices = of(all, 'endpointslice').filter((one) => one['__meta_kubernetes_service_name'] === 'web');
      expect(slices).toHaveLength(2);
      await kubectl.ok('scale deployment web --replicas=3');
      await eventually(labels, (now) => webPods(now).length === 3, 40_000);
      await kubectl.ok('scale deployment web --replicas=1');
      await eventually(labels, (now) => webPods(now).length === 1, 40_000);
      expect(text()).not.toMatch(/level=(error|warn)/);
    } finally {
      child.kill();
      await new Promise((resolve) => child.once('exit', resolve));
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
