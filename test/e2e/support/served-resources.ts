import type { Definitions } from './random-objects.js';
import type { Rest } from './rest.js';

/** One resource as discovery tells of it. */
export interface ServedResource {
  readonly groupVersion: string;
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Subresources that a PUT may write: 'status', 'scale'. */
  readonly writable: readonly string[];
}

type Listed = Omit<ServedResource, 'groupVersion' | 'writable'>;

async function json<T>(rest: Rest, path: string): Promise<T> {
  return (await (await rest.fetch(path)).json()) as T;
}

const rootOf = (groupVersion: string) =>
  groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;

/** Every version of every resource that can be created, subresources aside. */
export async function creatableResources(rest: Rest): Promise<ServedResource[]> {
  const { groups } = await json<{ groups: { versions: { groupVersion: string }[] }[] }>(rest, '/apis');
  const served = ['v1', ...groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion))];
  const lists = await Promise.all(
    served.map(async (groupVersion) => {
      const { resources } = await json<{ resources: Listed[] }>(rest, rootOf(groupVersion));
      const writable = ({ name }: Listed) =>
        resources
          .filter((one) => one.name.startsWith(`${name}/`) && one.verbs.includes('update'))
          .map((one) => one.name.slice(name.length + 1));
      return resources.map((one) => ({ ...one, groupVersion, writable: writable(one) }));
    }),
  );
  return lists.flat().filter(({ name, verbs }) => verbs.includes('create') && !name.includes('/'));
}

/** Where its objects are, those of 'default' if it has namespaces. */
export function collectionPath({ groupVersion, name, namespaced }: ServedResource): string {
  return `${rootOf(groupVersion)}${namespaced ? '/namespaces/default' : ''}/${name}`;
}

/** All definitions of its version, and which of them it is. */
export async function publishedSchemas(
  rest: Rest,
  { groupVersion, kind }: ServedResource,
): Promise<{ definitions: Definitions; definition: string }> {
  const document = await json<{ components: { schemas: Definitions } }>(rest, `/openapi/v3${rootOf(groupVersion)}`);
  const definitions = document.components.schemas;
  const found = Object.entries(definitions).find(([, { 'x-kubernetes-group-version-kind': kinds }]) =>
    kinds?.some(
      (one) => (one.group ? `${one.group}/${one.version}` : one.version) === groupVersion && one.kind === kind,
    ),
  );
  if (!found) throw new Error(`no schema of ${kind} in ${groupVersion}`);
  return { definitions, definition: found[0] };
}
