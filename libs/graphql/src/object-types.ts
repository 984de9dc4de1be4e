import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  type GraphQLFieldResolver,
  GraphQLFloat,
  GraphQLInt,
  type GraphQLInterfaceType,
  GraphQLList,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
} from 'graphql';
import type { GroupVersionKind } from '#apimachinery';
import type { Kind, OpenApiSchema } from '#kinds';
import { fieldName, typeName, upperFirst } from './names.js';
import { Int64Scalar, IntOrStringScalar, JsonScalar, QuantityScalar, TimeScalar } from './scalars.js';
import { Item, type OperationContext } from './source.js';

export type Fields = GraphQLFieldConfigMap<unknown, OperationContext>;

/** Definitions that are one value, however their schema is written. */
const SCALARS: ReadonlyMap<string, GraphQLOutputType> = new Map([
  ['io.k8s.apimachinery.pkg.api.resource.Quantity', QuantityScalar],
  ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', IntOrStringScalar],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.Time', TimeScalar],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime', TimeScalar],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1', JsonScalar],
  ['io.k8s.apimachinery.pkg.runtime.RawExtension', JsonScalar],
]);

/** Looks at own properties only: an object may lack a field that every prototype has ('constructor'). */
function own(object: unknown, property: string): unknown {
  if (typeof object !== 'object' || object === null) return undefined;
  return Object.hasOwn(object, property) ? (object as Record<string, unknown>)[property] : undefined;
}

/** An Item's object, or a plain part of one (a volume claim inside a StatefulSet has a kind's type too). */
export function plain(source: unknown): unknown {
  return source instanceof Item ? source.object() : source;
}

const sameName: GraphQLFieldResolver<unknown, OperationContext> = (source, _args, _context, info) =>
  own(plain(source), info.fieldName);

const renamed =
  (property: string): GraphQLFieldResolver<unknown, OperationContext> =>
  (source) =>
    own(plain(source), property);

const described = (schema: OpenApiSchema) => (schema.description ? { description: schema.description } : {});

/** Where the types come from. */
export interface ObjectTypesSource {
  /** By full definition name, with descriptions. */
  definition(name: string): OpenApiSchema | undefined;
  /** Defined when instances of it are served. */
  kind(gvk: GroupVersionKind): Kind | undefined;
  /** What a kind's type has besides the fields of its schema. */
  edges(kind: Kind): Fields;
  /** apiVersion and kind. */
  identity(kind: Kind): Fields;
  kindInterface(): GraphQLInterfaceType;
}

/**
 * GraphQL object types out of OpenAPI schemas: one per definition, fields made when first looked at. Every field may be
 * null: Kubernetes leaves out empty values, required ones too, and a non-null field that is missing would take its
 * whole parent with it.
 */
export class ObjectTypes {
  private readonly byDefinition = new Map<string, GraphQLOutputType>();
  private readonly names = new Set<string>();

  constructor(private readonly source: ObjectTypesSource) {}

  ofKind(kind: Kind): GraphQLObjectType {
    return this.named(
      kind.definition,
      this.source.definition(kind.definition) ?? kind.schema,
      kind,
    ) as GraphQLObjectType;
  }

  /** `path` names the anonymous types inside CRDs: 'ExampleV1WidgetSpec'. */
  of(schema: OpenApiSchema, path: string): GraphQLOutputType {
    const reference = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]!.$ref : undefined);
    if (reference !== undefined) return this.reference(reference.slice(reference.lastIndexOf('/') + 1));
    if (schema['x-kubernetes-int-or-string']) return IntOrStringScalar;
    switch (schema.type) {
      case 'string':
        return schema.format === 'date-time' ? TimeScalar : GraphQLString;
      case 'boolean':
        return GraphQLBoolean;
      case 'integer':
        return schema.format === 'int32' ? GraphQLInt : Int64Scalar;
      case 'number':
        return GraphQLFloat;
      case 'array':
        return schema.items ? new GraphQLList(this.of(schema.items, path)) : JsonScalar;
      default:
        return this.inline(schema, path);
    }
  }

  private reference(definition: string): GraphQLOutputType {
    const scalar = SCALARS.get(definition);
    if (scalar) return scalar;
    const schema = this.source.definition(definition);
    if (!schema) return JsonScalar;
    const gvk = schema['x-kubernetes-group-version-kind']?.[0];
    return this.named(definition, schema, gvk && this.source.kind(gvk));
  }

  private inline(schema: OpenApiSchema, path: string): GraphQLOutputType {
    if (!hasFields(schema)) return JsonScalar;
    const name = this.freeName(path, path);
    return new GraphQLObjectType({ name, ...described(schema), fields: () => this.fields(schema, name) });
  }

  private named(definition: string, schema: OpenApiSchema, kind: Kind | undefined): GraphQLOutputType {
    const known = this.byDefinition.get(definition);
    if (known) return known;
    const type = this.make(definition, schema, kind?.definition === definition ? kind : undefined);
    this.byDefinition.set(definition, type);
    return type;
  }

  private make(definition: string, schema: OpenApiSchema, kind: Kind | undefined): GraphQLOutputType {
    // A definition without properties is a value of any shape: JSONSchemaPropsOrBool, StorageVersionSpec.
    if (!kind && !hasFields(schema)) return this.of({ ...schema }, definition);
    const name = this.freeName(typeName(definition), definition);
    return new GraphQLObjectType<unknown, OperationContext>({
      name,
      ...described(schema),
      interfaces: kind ? [this.source.kindInterface()] : [],
      fields: () => {
        const own = this.fields(schema, name);
        // An edge never hides a field that the object has; what it is comes from the kind, as list items do not say it.
        return kind ? { ...this.source.edges(kind), ...own, ...this.source.identity(kind) } : own;
      },
    });
  }

  private fields(schema: OpenApiSchema, parent: string): Fields {
    const fields: Fields = {};
    for (const [property, sub] of Object.entries(schema.properties ?? {})) {
      const name = fieldName(property);
      if (Object.hasOwn(fields, name)) continue;
      fields[name] = this.field(name, property, sub, parent);
    }
    return fields;
  }

  private field(
    name: string,
    property: string,
    schema: OpenApiSchema,
    parent: string,
  ): GraphQLFieldConfig<unknown, OperationContext> {
    return {
      type: this.of(schema, parent + upperFirst(name)),
      ...described(schema),
      resolve: name === property ? sameName : renamed(property),
    };
  }

  /** `wanted` if no type has it yet, else a longer name. */
  freeName(wanted: string, whole = wanted): string {
    let name = fieldName(wanted);
    if (this.names.has(name)) name = fieldName(whole.split('.').map(upperFirst).join(''));
    while (this.names.has(name)) name += '_';
    this.names.add(name);
    return name;
  }
}

function hasFields(schema: OpenApiSchema): boolean {
  return schema.properties !== undefined && Object.keys(schema.properties).length > 0;
}
