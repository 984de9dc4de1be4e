import type { GroupVersionKind, MergeSchema, TypeSchema } from '#apimachinery';
import { definitionNameOf, definitionOf } from './definitions.js';
import { shapeOf, type WithSchema } from './shape.js';

/** How strategic merge patch and server-side apply treat each field of the kind. Compiled once per definition. */
export function mergeSchemaOf(kind: WithSchema): MergeSchema & TypeSchema {
  return shapeOf(kind);
}

/** Is it one of those that come with the server? Schemas of others may change while objects live. */
export function isBuiltInSchema({ schema, definition }: WithSchema): boolean {
  return definitionOf(definition) === schema;
}

/** The schema of a body that is no resource: a Scale. */
export function bodySchemaOf({ group, version, kind }: GroupVersionKind): WithSchema | undefined {
  const definition = definitionNameOf(group, version, kind);
  const schema = definition === undefined ? undefined : definitionOf(definition);
  return definition === undefined || schema === undefined ? undefined : { schema, definition };
}
