import type { KindCatalog, OpenApiSchema } from '#kinds';
import type { VersionInfo } from '../version.js';
import { closureOf, definitionsOf, rootsOf } from './definitions.js';
import type { Operation, Parameter, PathItem } from './operations.js';
import { pathsOf, tagOf } from './paths.js';

/** The parts of Swagger 2.0 that Kubernetes publishes. Members named x-… are extensions. */
export interface SwaggerSchema {
  $ref?: string;
  type?: string;
  format?: string;
  description?: string;
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, SwaggerSchema>;
  items?: SwaggerSchema;
  additionalProperties?: SwaggerSchema;
}
export interface SwaggerParameter {
  name: string;
  in: 'body' | 'path' | 'query';
  description?: string;
  required?: boolean;
  type?: string;
  uniqueItems?: boolean;
  schema?: SwaggerSchema;
}
export interface SwaggerOperation {
  tags: string[];
  description: string;
  operationId: string;
  consumes: string[];
  produces: string[];
  parameters?: SwaggerParameter[];
  responses: Record<string, { description: string; schema?: SwaggerSchema }>;
}
export interface SwaggerPathItem {
  get?: SwaggerOperation;
  put?: SwaggerOperation;
  post?: SwaggerOperation;
  patch?: SwaggerOperation;
  delete?: SwaggerOperation;
  parameters: SwaggerParameter[];
}
export interface Swagger {
  swagger: '2.0';
  info: { title: string; version: string };
  paths: Record<string, SwaggerPathItem>;
  definitions: Record<string, SwaggerSchema>;
  securityDefinitions: Record<string, { description: string; type: string; name: string; in: string }>;
  security: Record<string, string[]>[];
}

const REF_V3 = '#/components/schemas/';
const REF_V2 = '#/definitions/';
const ANSWER_TYPES = ['application/json', 'application/yaml'];

/** What CRDs may say in v3 and v2 has no words for. */
type Unsaid = OpenApiSchema & { anyOf?: unknown; not?: unknown; nullable?: unknown };

/** A v3 schema as v2 says it: refs may have siblings, there is no oneOf, and defaults are not published. */
export function schemaV2(v3: OpenApiSchema): SwaggerSchema {
  const { anyOf: _any, not: _not, nullable: _null, ...schema } = v3 as Unsaid;
  const { $ref, allOf, oneOf, default: _default, properties, items, additionalProperties, ...same } = schema;
  const ref = $ref ?? allOf?.[0]?.$ref;
  const inner: SwaggerSchema = { ...(same as SwaggerSchema) };
  // What may be one of several types is a string on the wire of v2 (Quantity, IntOrString).
  if (oneOf || schema['x-kubernetes-int-or-string']) inner.type = 'string';
  if (ref !== undefined) inner.$ref = REF_V2 + ref.slice(REF_V3.length);
  if (items) inner.items = schemaV2(items);
  if (additionalProperties) inner.additionalProperties = schemaV2(additionalProperties);
  if (properties) inner.properties = mapValues(properties, schemaV2);
  return inner;
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function parameterV2({ type, required, ...parameter }: Parameter): SwaggerParameter {
  return { ...parameter, type, uniqueItems: true, ...(required ? { required } : {}) };
}

function operationV2(operation: Operation, tag: string): SwaggerOperation {
  const { body, method } = operation;
  const bodyParameter: SwaggerParameter[] =
    body === undefined
      ? []
      : [
          {
            name: 'body',
            in: 'body',
            ...(method === 'delete' ? {} : { required: true }),
            schema: { $ref: REF_V2 + body },
          },
        ];
  const parameters = [...bodyParameter, ...operation.parameters.map(parameterV2)];
  const schema = { $ref: REF_V2 + operation.answer };
  const responses = operation.codes.map((code) => [code, { description: TEXTS[code], schema }]);
  return {
    tags: [tag],
    description: operation.description,
    operationId: operation.id,
    consumes: [...(operation.bodyTypes ?? ['*/*'])],
    produces: ANSWER_TYPES,
    ...(parameters.length > 0 ? { parameters } : {}),
    responses: {
      ...(Object.fromEntries(responses) as SwaggerOperation['responses']),
      '401': { description: 'Unauthorized' },
    },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': operation.gvk,
  } as SwaggerOperation;
}

const TEXTS = { 200: 'OK', 201: 'Created', 202: 'Accepted' } as const;

function pathV2(item: PathItem, tag: string): SwaggerPathItem {
  const operations = item.operations.map((operation) => [operation.method, operationV2(operation, tag)]);
  return { ...(Object.fromEntries(operations) as object), parameters: item.parameters.map(parameterV2) };
}

/** All that is served as one Swagger document. Some megabytes: made once for each set of kinds. */
export async function openApiV2(kinds: KindCatalog, info: VersionInfo): Promise<Swagger> {
  const paths: Record<string, SwaggerPathItem> = {};
  const roots = new Set<string>();
  for (const { name, versions } of kinds.groups) {
    for (const version of versions) {
      const [first] = kinds.ofGroupVersion({ group: name, version });
      const items = pathsOf(kinds, name, version);
      for (const item of items) paths[item.path] = pathV2(item, tagOf(first!));
      for (const root of rootsOf(items)) roots.add(root);
    }
  }
  const schemas = closureOf(roots, await definitionsOf(kinds));
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: info.gitVersion },
    paths,
    definitions: Object.fromEntries([...schemas].map(([name, schema]) => [name, schemaV2(schema)])),
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  };
}
