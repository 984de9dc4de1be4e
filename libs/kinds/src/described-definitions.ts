import { allDefinitions, definitionOf, refName } from './definitions.js';
import { goZeroOf } from './go-zeros.js';
import type { OpenApiSchema } from './schema.js';

/** What tools/generate writes of one definition; '' is the definition itself. */
interface Docs {
  readonly texts: Readonly<Record<string, string>>;
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

const NO_DOCS: Docs = { texts: {}, enums: {} };

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** A $ref with siblings must be wrapped, as OpenAPI ignores what stands beside it. */
function beside(schema: OpenApiSchema, more: OpenApiSchema): OpenApiSchema {
  if (Object.keys(more).length === 0) return schema;
  const { $ref, ...rest } = schema;
  return $ref === undefined ? { ...more, ...rest } : { ...more, allOf: [{ $ref }], ...rest };
}

/** A struct of Go's behind a reference: what is written as text (Time, Quantity) is none, nor is what may be anything. */
function isStruct(schema: OpenApiSchema): boolean {
  const name = refName(schema);
  return name !== undefined && definitionOf(name)?.properties !== undefined;
}

const ZEROS: Readonly<Record<string, unknown>> = { string: '', integer: 0, number: 0, boolean: false };

/** Elements of lists and maps are values, never absent: their type's zero is their default. */
function element(schema: OpenApiSchema): OpenApiSchema {
  if (isStruct(schema)) return beside(schema, { default: {} });
  if (schema.$ref !== undefined) return schema;
  if (schema.items) return { ...schema, items: element(schema.items) };
  // Bytes are a slice.
  if (schema.format === 'byte' || schema.type === undefined || !Object.hasOwn(ZEROS, schema.type)) return schema;
  return { ...schema, default: ZEROS[schema.type] };
}

/** The zero of a field that is no pointer and that Go does not leave out. Models kube-openapi's mustEnforceDefault (1.36). */
function zeroOf(definition: string, field: string, schema: OpenApiSchema, required: boolean): OpenApiSchema {
  if (schema.default !== undefined || schema.format === 'byte') return {};
  if (schema.$ref === undefined) {
    const zero = required && schema.type !== undefined ? ZEROS[schema.type] : undefined;
    return zero === undefined ? {} : { default: zero };
  }
  const isValue = isStruct(schema) && goZeroOf(definition, field, 'struct', required) !== undefined;
  return isValue ? { default: {} } : {};
}

function property(definition: string, field: string, schema: OpenApiSchema, docs: Docs, required: boolean) {
  const description = own(docs.texts, field);
  const values = own(docs.enums, field);
  const { items, additionalProperties } = schema;
  const inner: OpenApiSchema = {
    ...schema,
    ...(items ? { items: { ...element(items), ...(values ? { enum: [...values] } : {}) } } : {}),
    ...(additionalProperties ? { additionalProperties: element(additionalProperties) } : {}),
  };
  return beside(inner, {
    ...(description === undefined ? {} : { description }),
    ...zeroOf(definition, field, schema, required),
    ...(values && !items ? { enum: [...values] } : {}),
  });
}

function published(name: string, schema: OpenApiSchema, docs: Docs): OpenApiSchema {
  const description = own(docs.texts, '');
  const properties = Object.entries(schema.properties ?? {}).map(
    ([field, one]) => [field, property(name, field, one, docs, schema.required?.includes(field) ?? false)] as const,
  );
  return {
    ...(description === undefined ? {} : { description }),
    ...schema,
    ...(schema.properties ? { properties: Object.fromEntries(properties) } : {}),
  };
}

let all: Promise<ReadonlyMap<string, OpenApiSchema>> | undefined;

/**
 * All definitions as OpenAPI v3 publishes them: with their docs, the values of enumerations and the zeros of Go's types.
 * About 1.5 MB of text: loaded on first use, then kept.
 */
export function describedDefinitions(): Promise<ReadonlyMap<string, OpenApiSchema>> {
  all ??= import('./generated/descriptions.js').then(({ descriptionsJson }) => {
    const docs = JSON.parse(descriptionsJson) as Record<string, Docs>;
    const made = new Map<string, OpenApiSchema>();
    for (const [name, schema] of allDefinitions()) made.set(name, published(name, schema, own(docs, name) ?? NO_DOCS));
    return made;
  });
  return all;
}
