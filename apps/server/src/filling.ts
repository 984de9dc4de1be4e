import { Trace } from '#base';
import { type KubeObject, parseApiVersion } from '#apimachinery';
import { ADMIN_USERNAME, GROUP_AUTHENTICATED, GROUP_MASTERS } from '#auth';
import type { KindCatalog } from '#kinds';
import type { RequestContext, ServedCluster, Target } from '#registry';
import { StartError } from './config.js';

const ADMIN = { username: ADMIN_USERNAME, groups: [GROUP_MASTERS, GROUP_AUTHENTICATED] };

function targetOf(kinds: KindCatalog, { apiVersion, kind, metadata }: KubeObject): Target {
  const found = kinds.byKind({ ...(parseApiVersion(apiVersion) ?? { group: '', version: '' }), kind });
  if (!found) throw new StartError(`template holds ${apiVersion} ${kind}, which is not served`);
  return { kind: found, namespace: metadata.namespace ?? '' };
}

/**
 * Creates a template's objects in an open cluster, in order, the way a user's would be: defaulted, admitted, validated.
 * A `status` is written through the subresource, since creation drops it.
 */
export async function fill(cluster: ServedCluster, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    const ctx: RequestContext = {
      env: cluster.env,
      kinds: cluster.kinds,
      user: ADMIN,
      trace: new Trace('template', `fill ${object.kind}`, cluster.env.clock),
      warn: () => {},
    };
    const target = targetOf(cluster.kinds, object);
    await cluster.verbs.create(ctx, target, { object }, {});
    const { status } = object as KubeObject & { status?: unknown };
    const hasStatus = target.kind.subresources.some(({ name }) => name === 'status');
    if (status === undefined || !hasStatus) continue;
    const named: Target = { ...target, name: object.metadata.name ?? '', subresource: 'status' };
    await cluster.verbs.update(ctx, named, { object }, {});
  }
}
