import { GraphQLObjectType } from 'graphql';
import type { SandboxId } from '#base';
import { type KubeObject, StatusError } from '#apimachinery';
import { ADMIN, type UserInfo } from '#auth';
import type { Kind, KindCatalog } from '#kinds';
import type { ClusterDirectory, ServedCluster } from '#registry';
import type { MoreFields } from './kind-types.js';
import { groupFields, queryFields } from './queries.js';
import { newScope } from './scope.js';
import { Item, type OperationContext, type Scope } from './source.js';

/** How the host's schema reaches into sandboxes. */
export interface SandboxesOptions {
  readonly clusters: ClusterDirectory;
  /** The id under which a Sandbox of the host is served; undefined while it has none. */
  idOf(sandbox: KubeObject): SandboxId | undefined;
  /** What sandboxes without CRDs serve. */
  readonly kinds: KindCatalog;
}

const SANDBOXES = { group: 'sandkube.dev', resource: 'sandboxes' };

/** Waking a sandbox reads its whole state: as dear as resolving so many fields. */
const WAKE_COST = 500;

export function isSandboxKind(kind: Kind): boolean {
  return kind.group === SANDBOXES.group && kind.resource === SANDBOXES.resource;
}

/** `sandboxes { items { cluster { coreV1 { pods { … } } } } }`, for the kind Sandbox. */
export function clusterEdge(options: SandboxesOptions): MoreFields {
  return (kind, types) => {
    if (!isSandboxKind(kind)) return {};
    const type = new GraphQLObjectType<Scope, OperationContext>({
      name: 'SandboxCluster',
      description: 'A sandbox from within, as its administrator sees it.',
      fields: () => groupFields(options.kinds, types, 'InSandbox', (inside) => queryFields(inside, types)),
    });
    return {
      cluster: {
        type,
        description:
          'The cluster itself. Needs the right to `get` sandboxes/kubeconfig, as that gives the same access; null while ' +
          'the sandbox is not served.',
        resolve: (source) => (source instanceof Item ? scopeInside(source, options) : null),
      },
    };
  };
}

/**
 * The sandbox's scope for a user of the host. Host users mean nothing in a sandbox; who may read its kubeconfig could act
 * as its administrator with that, so does so here.
 */
async function scopeInside(item: Item, { clusters, idOf }: SandboxesOptions): Promise<Scope | null> {
  const { scope } = item;
  await authorize(scope, item.kind, item.object());
  scope.operation.budget.spend(WAKE_COST);
  const id = idOf(item.object());
  const cluster: ServedCluster | undefined = id === undefined ? undefined : await clusters(id);
  if (!cluster) return null;
  const { trace, warn } = scope.request;
  const request = { env: cluster.env, kinds: cluster.kinds, user: administrator(scope.request.user), trace, warn };
  return newScope(cluster, request, scope.operation);
}

function administrator(hostUser: UserInfo): UserInfo {
  return { ...ADMIN, extra: { 'sandkube.dev/host-user': [hostUser.username] } };
}

async function authorize(scope: Scope, kind: Kind, { metadata }: KubeObject): Promise<void> {
  const { group, version, resource } = kind;
  const { name = '', namespace = '' } = metadata;
  const { user } = scope.request;
  const subject = { verb: 'get', group, version, resource, subresource: 'kubeconfig', namespace, name };
  scope.operation.budget.call();
  const decision = await scope.cluster.authorizer.authorize(user, { kind: 'resource', ...subject });
  if (decision.allowed) return;
  const why =
    `User "${user.username}" cannot get resource "${resource}/kubeconfig" in API group "${group}" ` +
    `in the namespace "${namespace}"${decision.reason ? `: ${decision.reason}` : ''}`;
  throw StatusError.forbidden({ group, resource }, name, why);
}
