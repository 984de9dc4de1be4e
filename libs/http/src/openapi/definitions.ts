import { createHash } from 'node:crypto';
import { describedDefinitions, type KindCatalog, type OpenApiSchema, refName } from '#kinds';
import type { PathItem } from './operations.js';

/** Definitions of kinds with their docs. Those of a sandbox's own kinds come from its catalog. */
export type Definitions = (name: string) => OpenApiSchema | undefined;

export async function definitionsOf(kinds: KindCatalog): Promise<Definitions> {
  const described = await describedDefinitions();
  return (name) => described.get(name) ?? kinds.definition(name);
}

let digest: Promise<string> | undefined;

/** Names the built-in definitions of this build: what is made of them changes only with it. */
export function builtInDigest(): Promise<string> {
  digest ??= describedDefinitions().then((described) => {
    const hash = createHash('sha256');
    for (const [name, schema] of described) hash.update(name).update(JSON.stringify(schema));
    return hash.digest('hex');
  });
  return digest;
}

/** Everything that `roots` refer to, directly or not, by name. What no catalog defines is left out. */
export function closureOf(roots: Iterable<string>, definitions: Definitions): Map<string, OpenApiSchema> {
  const found = new Map<string, OpenApiSchema>();
  const waiting = [...roots];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    const schema = definitions(name);
    if (!schema) continue;
    found.set(name, schema);
    collectRefs(schema, waiting);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function collectRefs(schema: OpenApiSchema, into: string[]): void {
  const name = refName(schema);
  if (name !== undefined) into.push(name);
  if (schema.items) collectRefs(schema.items, into);
  if (schema.additionalProperties) collectRefs(schema.additionalProperties, into);
  for (const property of Object.values(schema.properties ?? {})) collectRefs(property, into);
}

/** The definitions that paths speak of. */
export function rootsOf(paths: readonly PathItem[]): Set<string> {
  const roots = new Set<string>();
  for (const { operations } of paths) {
    for (const { body, answer } of operations) {
      roots.add(answer);
      if (body !== undefined) roots.add(body);
    }
  }
  return roots;
}
