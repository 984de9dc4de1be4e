import { createHash } from 'node:crypto';
import { apiVersionOf, groupResourceName } from '#apimachinery';
import type { KindCatalog } from '../catalog.js';
import { groupsOf } from '../catalog-of.js';
import type { Kind } from '../kind.js';
import { type CustomFacts, customFactsOf } from './custom-facts.js';
import { customKindsOf } from './custom-kind.js';

/** Values that live as long as somebody uses them, by a name that says what they are made of. */
class Shared<T extends object> {
  private readonly held = new Map<string, WeakRef<T>>();
  private readonly ended = new FinalizationRegistry<string>((name) => {
    if (this.held.get(name)?.deref() === undefined) this.held.delete(name);
  });

  get(name: string, make: () => T): T {
    const known = this.held.get(name)?.deref();
    if (known) return known;
    const made = make();
    this.held.set(name, new WeakRef(made));
    this.ended.register(made, name);
    return made;
  }
}

/**
 * Catalogs of built-in kinds and the CRDs of a sandbox. Sandboxes with the same definitions share one catalog, its kinds
 * and all that is compiled of them, so that a thousand sandboxes of one lesson cost one schema; nothing outlives its last
 * sandbox.
 */
export class CustomCatalogs {
  private readonly kinds = new Shared<readonly Kind[]>();
  private readonly catalogs = new Shared<KindCatalog>();
  private readonly taken: ReadonlySet<string>;

  constructor(private readonly base: KindCatalog) {
    this.taken = new Set(base.all.map(({ storage }) => storage.groupResource));
  }

  /** What a stored CRD serves; undefined: nothing, or something that must not hide a built-in resource. */
  factsOf(text: string): CustomFacts | undefined {
    const facts = boundedFactsOf(text);
    return facts && this.taken.has(groupResourceName(facts.group, facts.names.plural)) ? undefined : facts;
  }

  of(definitions: readonly CustomFacts[]): KindCatalog {
    if (definitions.length === 0) return this.base;
    const sorted = definitions.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const hash = createHash('sha256');
    for (const { digest } of sorted) hash.update(digest);
    const version = `${this.base.version}+${hash.digest('base64url')}`;
    return this.catalogs.get(version, () => {
      const digests = new Map<Kind, string>();
      for (const facts of sorted) {
        const kinds = this.kinds.get(facts.digest, () => customKindsOf(facts));
        for (const kind of kinds) digests.set(kind, facts.digest);
      }
      return extended(this.base, digests, version);
    });
  }
}

/** Whoever follows a store must not fail. What nests deeper than the stack is refused when it comes; if not, it serves nothing. */
function boundedFactsOf(text: string): CustomFacts | undefined {
  try {
    return customFactsOf(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const nameOf = ({ group, names }: CustomFacts) => groupResourceName(group, names.plural);

/** The base's own maps are shared; built-in kinds always come first, so that nothing can hide them. */
function extended(base: KindCatalog, digests: ReadonlyMap<Kind, string>, version: string): KindCatalog {
  const all = [...base.all, ...[...digests.keys()].filter((kind) => !base.byKind(kind))];
  const own = all.slice(base.all.length);
  const groups = groupsOf(all);
  const byResource = new Map<string, Kind>();
  const byKind = new Map<string, Kind>();
  const byGroupVersion = new Map<string, Kind[]>();
  const definitions = new Map<string, Kind>();
  for (const kind of own) {
    const gv = apiVersionOf(kind);
    byResource.set(`${gv}/${kind.resource}`, kind);
    byKind.set(`${gv}/${kind.kind}`, kind);
    if (!byGroupVersion.has(gv)) byGroupVersion.set(gv, [...base.ofGroupVersion(kind)]);
    byGroupVersion.get(gv)!.push(kind);
    definitions.set(kind.definition, kind);
    if (kind.list) definitions.set(kind.list.definition, kind);
  }
  const preferred = new Map<string, Kind>();
  for (const { name, versions } of groups) {
    for (const one of versions) {
      for (const kind of byGroupVersion.get(apiVersionOf({ group: name, version: one })) ?? []) {
        const resource = groupResourceName(name, kind.resource);
        if (!preferred.has(resource)) preferred.set(resource, kind);
      }
    }
  }
  return {
    version,
    all,
    groups,
    byResource: (group, one, resource) =>
      base.byResource(group, one, resource) ?? byResource.get(`${apiVersionOf({ group, version: one })}/${resource}`),
    byKind: (gvk) => base.byKind(gvk) ?? byKind.get(`${apiVersionOf(gvk)}/${gvk.kind}`),
    preferred: (group, resource) =>
      base.preferred(group, resource) ?? preferred.get(groupResourceName(group, resource)),
    ofGroupVersion: (gv) => byGroupVersion.get(apiVersionOf(gv)) ?? base.ofGroupVersion(gv),
    definition(name) {
      const kind = definitions.get(name);
      if (!kind) return base.definition(name);
      return kind.definition === name ? kind.schema : kind.list?.schema;
    },
    versionOf(gv) {
      const kinds = byGroupVersion.get(apiVersionOf(gv));
      if (!kinds) return base.versionOf(gv);
      const hash = createHash('sha256').update(base.versionOf(gv));
      for (const kind of kinds) hash.update(digests.get(kind) ?? '');
      return hash.digest('base64url');
    },
  };
}
