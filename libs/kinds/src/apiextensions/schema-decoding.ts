import { type Json, StatusError, withinStack } from '#apimachinery';
import { subSchema } from '../custom/structural.js';
import { decodeErrors } from '../decode.js';
import { definitionOf } from '../definitions.js';
import type { CustomResourceDefinition, JSONSchemaProps } from '../generated/types.js';

const DEFINITION = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

/**
 * Fields of Go that take a schema or something else (`items`, `additionalProperties`) are published as anything at all.
 * What is a schema there is decoded as one: unknown fields go silently, as a type's own decoder lets them, wrong types
 * are refused. In place. Models JSONSchemaPropsOrBool and JSONSchemaPropsOrArray of apiextensions/v1 (1.36).
 */
export function decodeSchemas({ spec }: CustomResourceDefinition): void {
  withinStack(() => {
    for (const { schema } of spec.versions) if (schema?.openAPIV3Schema) decodeBelow(schema.openAPIV3Schema);
  });
}

function decodeBelow(schema: JSONSchemaProps): void {
  for (const name of ['items', 'additionalProperties', 'additionalItems'] as const) {
    const one = schema[name];
    const inside = subSchema(one);
    if (inside) {
      decodeOne(one!);
      decodeBelow(inside);
    } else if (one !== undefined && one !== null && typeof one !== 'boolean' && !Array.isArray(one)) {
      throw wrong(`boolean or JSON schema expected`);
    }
  }
  for (const one of Object.values(schema.properties ?? {})) decodeBelow(one);
  for (const one of [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) decodeBelow(one);
  if (schema.not) decodeBelow(schema.not);
}

function decodeOne(value: Json): void {
  const errors = decodeErrors({ definition: DEFINITION, schema: definitionOf(DEFINITION)! }, value);
  if (errors.wrong[0] !== undefined) throw wrong(errors.wrong[0]);
}

function wrong(why: string): StatusError {
  return StatusError.badRequest(
    `CustomResourceDefinition in version "v1" cannot be handled as a CustomResourceDefinition: ${why}`,
  );
}
