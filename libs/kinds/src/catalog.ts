import type { GroupVersion, GroupVersionKind } from '#apimachinery';
import type { Kind } from './kind.js';
import type { OpenApiSchema } from './schema.js';

/**
 * The kinds that one sandbox serves: built-in ones (shared by all) and those of its CRDs.
 * Immutable; a change gives a new catalog with a new `version`, so that caches can key on it.
 */
export interface KindCatalog {
  /** Changes when the set changes; equal for all sandboxes without CRDs. */
  readonly version: string;
  readonly all: readonly Kind[];
  /** Groups in discovery order, each with versions in preference order. */
  readonly groups: readonly { name: string; versions: readonly string[] }[];
  byResource(group: string, version: string, resource: string): Kind | undefined;
  byKind(gvk: GroupVersionKind): Kind | undefined;
  /** The preferred served version of a resource, for actors that name no version: ('apps', 'deployments'). */
  preferred(group: string, resource: string): Kind | undefined;
  ofGroupVersion(gv: GroupVersion): readonly Kind[];
  /** Names what is served in one group version: built-in ones keep theirs, whatever CRDs a sandbox has. */
  versionOf(gv: GroupVersion): string;
  /** By full definition name ('io.k8s.api.core.v1.PodSpec'). */
  definition(name: string): OpenApiSchema | undefined;
}
