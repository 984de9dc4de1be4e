import { invariant } from '#base';
import { resourcesJson } from './generated/resources.js';
import { schemaJson } from './generated/schema.js';
import type { ResourceFacts } from './resource-facts.js';
import type { OpenApiSchema } from './schema.js';
import { sandkubeDefinitions, sandkubeResources } from './sandkube/definitions.js';

export const resourceFacts: ResourceFacts = {
  ...(JSON.parse(resourcesJson) as ResourceFacts),
  ...sandkubeResources,
};

/** Every definition by full name, without descriptions (those are loaded only to publish them). */
const definitions = new Map<string, OpenApiSchema>(
  Object.entries({ ...(JSON.parse(schemaJson) as Record<string, OpenApiSchema>), ...sandkubeDefinitions }),
);

const nameByGvk = new Map<string, string>();
for (const [name, schema] of definitions) {
  for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
    // meta/v1 DeleteOptions and WatchEvent belong to every group: the first name found is theirs anyway.
    nameByGvk.set(`${group}/${version}/${kind}`, name);
  }
}

export function allDefinitions(): ReadonlyMap<string, OpenApiSchema> {
  return definitions;
}

export function definitionOf(name: string): OpenApiSchema | undefined {
  return definitions.get(name);
}

/** The full name of a kind's definition: also of bodies that are no resource (Scale, Eviction, TokenRequest). */
export function definitionNameOf(group: string, version: string, kind: string): string | undefined {
  return nameByGvk.get(`${group}/${version}/${kind}`);
}

const REF_PREFIX = '#/components/schemas/';

/** What a schema refers to: 'io.k8s.api.core.v1.PodSpec'. */
export function refName(schema: OpenApiSchema): string | undefined {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  return ref === undefined ? undefined : ref.slice(REF_PREFIX.length);
}

export function resolveRef(name: string): OpenApiSchema {
  const found = definitions.get(name);
  invariant(found, `schema refers to ${name}, which is not defined`);
  return found;
}
