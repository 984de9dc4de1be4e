import type { Json } from '#apimachinery';
import { type Pattern, patternOf } from '#cel';
import type { JSONSchemaProps } from '../generated/types.js';

/**
 * One place in a custom resource, compiled from its CRD's schema: what pruning, defaulting and validation ask, without
 * looking at the schema's text again. The same form serves what stands under allOf, anyOf, oneOf and not, where only
 * the rules on values mean something. Models apiserver/schema.Structural (1.36).
 */
export interface Structural {
  readonly schema: JSONSchemaProps;
  readonly type: string;
  readonly properties: ReadonlyMap<string, Structural>;
  /** Of additionalProperties; true: anything may stand there. */
  readonly additional: Structural | true | undefined;
  readonly items: Structural | undefined;
  readonly nullable: boolean;
  readonly preserves: boolean;
  readonly embedded: boolean;
  readonly intOrString: boolean;
  /** undefined: none (`default: null` is none). */
  readonly byDefault: Json | undefined;
  /** Whether a default stands here or below. */
  readonly hasDefaults: boolean;
  /** Whether a resource may stand here or below. */
  readonly hasEmbedded: boolean;
  /** Whether a CEL rule stands here or below. */
  readonly hasRules: boolean;
  readonly required: readonly string[];
  readonly pattern: Pattern | undefined;
  readonly allOf: readonly Structural[];
  readonly anyOf: readonly Structural[];
  readonly oneOf: readonly Structural[];
  readonly not: Structural | undefined;
}

const NO_PROPERTIES: ReadonlyMap<string, Structural> = new Map();
const NONE: readonly Structural[] = [];

function isSchema(value: Json | undefined): value is JSONSchemaProps & { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema of `items` or `additionalProperties`; undefined for a boolean or a list of schemas. */
export function subSchema(value: Json | undefined): JSONSchemaProps | undefined {
  return isSchema(value) ? value : undefined;
}

export function structuralOf(schema: JSONSchemaProps): Structural {
  const properties = schema.properties
    ? new Map(Object.entries(schema.properties).map(([name, one]) => [name, structuralOf(one)]))
    : NO_PROPERTIES;
  const items = subSchema(schema.items);
  const itemsNode = items && structuralOf(items);
  const additional = additionalOf(schema.additionalProperties);
  const byDefault = schema.default ?? undefined;
  return {
    schema,
    type: schema.type ?? '',
    properties,
    additional,
    items: itemsNode,
    nullable: schema.nullable === true,
    preserves: schema['x-kubernetes-preserve-unknown-fields'] === true,
    embedded: schema['x-kubernetes-embedded-resource'] === true,
    intOrString: schema['x-kubernetes-int-or-string'] === true,
    byDefault,
    hasDefaults:
      byDefault !== undefined ||
      itemsNode?.hasDefaults === true ||
      (typeof additional === 'object' && additional.hasDefaults) ||
      [...properties.values()].some(({ hasDefaults }) => hasDefaults),
    hasEmbedded:
      schema['x-kubernetes-embedded-resource'] === true ||
      itemsNode?.hasEmbedded === true ||
      (typeof additional === 'object' && additional.hasEmbedded) ||
      [...properties.values()].some(({ hasEmbedded }) => hasEmbedded),
    hasRules:
      (schema['x-kubernetes-validations']?.length ?? 0) > 0 ||
      itemsNode?.hasRules === true ||
      (typeof additional === 'object' && additional.hasRules) ||
      [...properties.values()].some(({ hasRules }) => hasRules),
    required: schema.required ?? [],
    pattern: compiledPattern(schema.pattern),
    allOf: schema.allOf?.map(structuralOf) ?? NONE,
    anyOf: schema.anyOf?.map(structuralOf) ?? NONE,
    oneOf: schema.oneOf?.map(structuralOf) ?? NONE,
    not: schema.not && structuralOf(schema.not),
  };
}

function additionalOf(value: Json | undefined): Structural | true | undefined {
  if (value === true) return true;
  return isSchema(value) ? structuralOf(value) : undefined;
}

/** A CRD with an expression that does not compile is refused, so that here it can only be a stored one: it checks nothing. */
function compiledPattern(pattern: string | undefined): Pattern | undefined {
  const compiled = pattern ? patternOf(pattern) : undefined;
  return typeof compiled === 'string' ? undefined : compiled;
}

/** Why an expression is none, in Go's words; undefined: it is one. */
export function patternError(pattern: string): string | undefined {
  const compiled = patternOf(pattern);
  return typeof compiled === 'string' ? compiled : undefined;
}

export type JsonObject = { [key: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own key; users choose names such as 'constructor'. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** apiVersion, kind and metadata of a resource are known to every schema, whatever it says. */
export const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);
