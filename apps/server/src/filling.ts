import { Trace } from '#base';
import { type KubeObject, parseApiVersion } from '#apimachinery';
import { ADMIN } from '#auth';
import type { RequestContext, ServedCluster, Target } from '#registry';
import { StartError } from './config.js';

/**
 * Creates a template's objects in an open cluster the way a user's would be: defaulted, admitted, validated. Neighbours
 * of one kind go together, so that they share commits; otherwise in order. A `status` is written through the
 * subresource, since creation drops it.
 */
export async function fill(cluster: ServedCluster, objects: readonly KubeObject[]): Promise<void> {
  for (let start = 0; start < objects.length;) {
    let end = start + 1;
    while (end < objects.length && objects[end]!.kind === objects[start]!.kind) end++;
    await Promise.all(objects.slice(start, end).map((object) => createWhole(cluster, object)));
    start = end;
  }
}

async function createWhole(cluster: ServedCluster, object: KubeObject): Promise<void> {
  const ctx: RequestContext = {
    env: cluster.env,
    kinds: cluster.kinds,
    user: ADMIN,
    trace: new Trace('template', `fill ${object.kind}`, cluster.env.clock),
    warn: () => {},
  };
  const target = targetOf(cluster, object);
  await cluster.verbs.create(ctx, target, { object }, { fieldManager: writerOf(object) });
  const { status } = object as KubeObject & { status?: unknown };
  if (status === undefined || !target.kind.subresources.some(({ name }) => name === 'status')) return;
  const named: Target = { ...target, name: object.metadata.name ?? '', subresource: 'status' };
  await cluster.verbs.update(ctx, named, { object }, { fieldManager: writerOf(object) });
}

/** What a new cluster holds was written by its parts: nodes by their kubelets, namespaces by the server itself. */
function writerOf({ kind, metadata }: KubeObject): string {
  if (kind === 'Node' || metadata.namespace === 'kube-node-lease') return 'kubelet';
  return kind === 'Namespace' || kind === 'APIService' || metadata.name === 'kubernetes' ? 'kube-apiserver' : 'kubeadm';
}

function targetOf({ kinds }: ServedCluster, { apiVersion, kind, metadata }: KubeObject): Target {
  const found = kinds.byKind({ ...(parseApiVersion(apiVersion) ?? { group: '', version: '' }), kind });
  if (!found) throw new StartError(`template holds ${apiVersion} ${kind}, which is not served`);
  return { kind: found, namespace: metadata.namespace ?? '' };
}
