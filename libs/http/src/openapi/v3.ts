import { createHash } from 'node:crypto';
import type { KindCatalog, OpenApiSchema } from '#kinds';
import type { VersionInfo } from '../version.js';
import { builtInDigest, closureOf, definitionsOf, rootsOf } from './definitions.js';
import type { Operation, Parameter, PathItem } from './operations.js';
import { groupVersionPath, pathsOf, tagOf } from './paths.js';

const ANSWER_TYPES = ['application/json', 'application/yaml'] as const;

const ref = (name: string): OpenApiSchema => ({ $ref: `#/components/schemas/${name}` });
const content = (types: readonly string[], name: string) =>
  Object.fromEntries(types.map((type) => [type, { schema: ref(name) }]));

function parameterV3({ type, ...parameter }: Parameter): object {
  return { ...parameter, schema: { type, ...(parameter.in === 'query' ? { uniqueItems: true } : {}) } };
}

function operationV3(operation: Operation, tag: string): object {
  const { body, bodyTypes } = operation;
  const responses = operation.codes.map((code) => [
    String(code),
    {
      description: code === 200 ? 'OK' : code === 201 ? 'Created' : 'Accepted',
      content: content(ANSWER_TYPES, operation.answer),
    },
  ]);
  return {
    tags: [tag],
    description: operation.description,
    operationId: operation.id,
    ...(operation.parameters.length > 0 ? { parameters: operation.parameters.map(parameterV3) } : {}),
    ...(body === undefined
      ? {}
      : { requestBody: { content: content(bodyTypes ?? ['*/*'], body), ...required(operation) } }),
    responses: { ...(Object.fromEntries(responses) as object), '401': { description: 'Unauthorized' } },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': operation.gvk,
  };
}

function required({ method }: Operation): object {
  return method === 'delete' ? {} : { required: true };
}

function pathV3(item: PathItem, tag: string): object {
  return {
    ...Object.fromEntries(item.operations.map((operation) => [operation.method, operationV3(operation, tag)])),
    parameters: item.parameters.map(parameterV3),
  };
}

/** The OpenAPI v3 document of one group version; undefined when it is not served. */
export async function openApiV3(
  kinds: KindCatalog,
  group: string,
  version: string,
  info: VersionInfo,
): Promise<string | undefined> {
  const [first] = kinds.ofGroupVersion({ group, version });
  if (!first) return undefined;
  const paths = pathsOf(kinds, group, version);
  const schemas = closureOf(rootsOf(paths), await definitionsOf(kinds));
  return JSON.stringify({
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: info.gitVersion },
    paths: Object.fromEntries(paths.map((item) => [item.path, pathV3(item, tagOf(first))])),
    components: {
      schemas: Object.fromEntries(schemas),
      securitySchemes: {
        BearerToken: {
          type: 'apiKey',
          description: 'Bearer Token authentication',
          name: 'authorization',
          in: 'header',
        },
      },
    },
    security: [{ BearerToken: [] }],
  });
}

/** Names the document of one group version without making it, so that the index costs nothing. */
export async function openApiV3Hash(kinds: KindCatalog, group: string, version: string): Promise<string> {
  const served = kinds.ofGroupVersion({ group, version });
  const facts = served.map((kind) => [
    kind.resource,
    kind.verbs,
    kind.subresources.map(({ name, verbs }) => [name, verbs]),
  ]);
  const hash = createHash('sha512')
    .update(await builtInDigest())
    .update(kinds.versionOf({ group, version }))
    .update(JSON.stringify(facts));
  return hash.update(`${group}/${version}`).digest('hex').toUpperCase();
}

/**
 * `/openapi/v3`: where each group version's document is. The URLs start at the cluster's own root: clients put the
 * sandbox's prefix before those that start with /openapi/v3.
 */
export async function openApiV3Index(kinds: KindCatalog): Promise<string> {
  const paths = new Map<string, { serverRelativeURL: string }>();
  for (const { name, versions } of kinds.groups) {
    for (const version of versions) {
      const path = groupVersionPath(name, version).slice(1);
      const hash = await openApiV3Hash(kinds, name, version);
      paths.set(path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` });
    }
  }
  return JSON.stringify({ paths: Object.fromEntries(paths) });
}
