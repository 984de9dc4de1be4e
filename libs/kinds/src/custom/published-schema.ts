import type { Json } from '#apimachinery';
import type { JSONSchemaProps } from '../generated/types.js';
import type { OpenApiSchema } from '../schema.js';
import { subSchema } from './structural.js';

const ref = (name: string): OpenApiSchema => ({
  $ref: `#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.${name}`,
});

const API_VERSION =
  'The version of the schema in which this object is written, with its group. Servers convert what they know and refuse what they do not.';
const KIND = 'The REST resource that this object stands for, in CamelCase. It cannot change.';

/** What is published of a value rule; rules that OpenAPI v2 cannot say are left to the server. */
const KEPT = [
  'description',
  'title',
  'format',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'multipleOf',
  'maxProperties',
  'minProperties',
  'required',
  'enum',
  'default',
  'nullable',
  'externalDocs',
  'example',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-validations',
] as const;

/** A CRD's schema as OpenAPI v3 publishes it. Models controller/openapi/builder (1.36). */
function published(schema: JSONSchemaProps): OpenApiSchema {
  const out: Record<string, unknown> = {};
  if (schema.type) out['type'] = schema.type;
  for (const name of KEPT) if (schema[name] !== undefined) out[name] = schema[name];
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
    if (schema[name]) out[name] = schema[name].map(published);
  }
  if (schema.not) out['not'] = published(schema.not);
  if (schema.properties) out['properties'] = publishedFields(schema.properties);
  const items = subSchema(schema.items);
  if (items) out['items'] = published(items);
  const additional = publishedAdditional(schema.additionalProperties);
  if (additional !== undefined) out['additionalProperties'] = additional;
  if (schema['x-kubernetes-embedded-resource']) {
    out['properties'] = { ...(out['properties'] as object | undefined), ...identity() };
  }
  return out as OpenApiSchema;
}

function publishedAdditional(value: Json | undefined): OpenApiSchema | boolean | undefined {
  if (typeof value === 'boolean') return value ? {} : undefined;
  const schema = subSchema(value);
  return schema && published(schema);
}

function publishedFields(properties: Readonly<Record<string, JSONSchemaProps>>): Record<string, OpenApiSchema> {
  return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, published(one)]));
}

function identity(): Record<string, OpenApiSchema> {
  return {
    apiVersion: { type: 'string', description: API_VERSION },
    kind: { type: 'string', description: KIND },
    metadata: { description: "Standard object's metadata.", allOf: [ref('ObjectMeta')] },
  };
}

export interface PublishedIdentity {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** The schema of a whole object: what it is and its metadata are the same for all kinds. */
export function publishedObject(schema: JSONSchemaProps, gvk: PublishedIdentity): OpenApiSchema {
  const own = published({ ...schema, type: 'object' });
  return {
    ...own,
    properties: { ...own.properties, ...identity() },
    'x-kubernetes-group-version-kind': [{ group: gvk.group, version: gvk.version, kind: gvk.kind }],
  };
}

export function publishedList(definition: string, listKind: PublishedIdentity, kind: string): OpenApiSchema {
  return {
    type: 'object',
    description: `${listKind.kind} is a list of ${kind}`,
    required: ['items'],
    properties: {
      apiVersion: { type: 'string', description: API_VERSION },
      items: {
        type: 'array',
        description: `The ${kind} objects of the list.`,
        items: { $ref: `#/components/schemas/${definition}` },
      },
      kind: { type: 'string', description: KIND },
      metadata: { description: 'Standard list metadata.', allOf: [ref('ListMeta')] },
    },
    'x-kubernetes-group-version-kind': [{ group: listKind.group, version: listKind.version, kind: listKind.kind }],
  };
}
