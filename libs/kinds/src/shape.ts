import {
  DEDUCED,
  type DeclaredField,
  fieldElement,
  type Json,
  type KubeObject,
  type MergeSchema,
  type TypeSchema,
} from '#apimachinery';
import { definitionOf, refName, resolveRef } from './definitions.js';
import { goZeroOf } from './go-zeros.js';
import type { OpenApiSchema } from './schema.js';

/** What the decoder does with a value. 'raw' is taken as it is; 'object' must be an object, of whatever. */
export type ShapeType =
  | 'struct'
  | 'map'
  | 'list'
  | 'string'
  | 'bytes'
  | 'int32'
  | 'int64'
  | 'double'
  | 'boolean'
  | 'time'
  | 'microTime'
  | 'quantity'
  | 'intOrString'
  | 'object'
  | 'raw';

const SCALARS: Readonly<Record<string, ShapeType>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'microTime',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'raw',
};

/** The fields of one definition, compiled once and shared by all that refer to it. */
export class Struct {
  readonly fields: ReadonlyMap<string, Shape>;
  readonly required: ReadonlySet<string>;
  /** Of the required fields, those that are plain texts. */
  readonly neededTexts: readonly string[];
  private ownDeclared: readonly DeclaredField[] | undefined;
  private ownDeclaredByName: ReadonlyMap<string, DeclaredField> | undefined;

  /** `goName` as Go's errors print the type: 'PodSpec', with its package 'v1'. */
  constructor(
    schema: OpenApiSchema,
    readonly goName: string,
    readonly goPackage: string,
    /** Full name of a definition that stands for a Go type; '' of one that users made. */
    private readonly definition = '',
  ) {
    this.fields = new Map(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, new Shape(one)]));
    this.required = new Set(schema.required);
    this.neededTexts = [...this.required].filter((name) => this.fields.get(name)?.type === 'string');
  }

  /** In order of names, for owners of fields; made when first asked for. */
  get declared(): readonly DeclaredField[] {
    this.ownDeclared ??= [...this.fields]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, schema]) => ({
        name,
        element: fieldElement(name),
        schema,
        zero:
          this.definition === '' ? undefined : goZeroOf(this.definition, name, schema.type, this.required.has(name)),
      }));
    return this.ownDeclared;
  }

  get declaredByName(): ReadonlyMap<string, DeclaredField> {
    this.ownDeclaredByName ??= new Map(this.declared.map((field) => [field.name, field]));
    return this.ownDeclaredByName;
  }
}

const structs = new Map<string, Struct>();

function structOf(name: string): Struct {
  let struct = structs.get(name);
  if (!struct) {
    const [goPackage, goName] = name.split('.').slice(-2) as [string, string];
    struct = new Struct(resolveRef(name), goName, goPackage, name);
    structs.set(name, struct);
  }
  return struct;
}

const NO_KEYS: readonly string[] = [];

const GO_SCALARS: Readonly<Partial<Record<ShapeType, TypeSchema['scalar']>>> = {
  string: 'string',
  bytes: 'string',
  int32: 'numeric',
  int64: 'numeric',
  double: 'numeric',
  boolean: 'boolean',
};

/**
 * One place in an object, compiled from its schema: what may stand there and how patches and appliers merge it. References are
 * followed on first use, as definitions may be recursive.
 */
export class Shape implements MergeSchema, TypeSchema {
  readonly type: ShapeType;
  readonly listType: 'atomic' | 'set' | 'map' | undefined;
  readonly mapType: 'atomic' | 'granular' | undefined;
  readonly listMapKeys: readonly string[];
  readonly patchStrategy?: string;
  readonly mergeKey?: string;
  readonly structure: TypeSchema['structure'];
  readonly atomic: boolean;
  readonly scalar: TypeSchema['scalar'];
  /** The schema's own default; undefined: none. */
  readonly byDefault: unknown;
  private readonly ref: string | undefined;
  private readonly elementSchema: OpenApiSchema | undefined;
  private elementShape: Shape | undefined;
  private ownStruct: Struct | undefined;

  constructor(private readonly schema: OpenApiSchema) {
    this.ref = refName(schema);
    this.type = this.ref === undefined ? inlineType(schema) : refType(this.ref);
    this.elementSchema = schema.items ?? schema.additionalProperties;
    this.listType = schema['x-kubernetes-list-type'];
    this.mapType = schema['x-kubernetes-map-type'] ?? this.targetMapType();
    this.listMapKeys = schema['x-kubernetes-list-map-keys'] ?? [];
    if (schema['x-kubernetes-patch-strategy'] !== undefined) this.patchStrategy = schema['x-kubernetes-patch-strategy'];
    if (schema['x-kubernetes-patch-merge-key'] !== undefined) this.mergeKey = schema['x-kubernetes-patch-merge-key'];
    this.byDefault = schema.default;
    this.structure = structureOf(this.type);
    this.atomic = this.isAtomic();
    this.scalar = GO_SCALARS[this.type] ?? 'untyped';
  }

  /** Of type 'struct' only. */
  get struct(): Struct {
    this.ownStruct ??= this.ref === undefined ? new Struct(this.schema, '', '') : structOf(this.ref);
    return this.ownStruct;
  }

  /** Of types 'list' and 'map' only. */
  get element(): Shape {
    this.elementShape ??= new Shape(this.elementSchema ?? {});
    return this.elementShape;
  }

  field(name: string): Shape | undefined {
    if (this.type === 'struct') return this.struct.fields.get(name);
    return this.type === 'map' ? this.element : undefined;
  }

  private isAtomic(): boolean {
    if (this.type !== 'list') return this.mapType === 'atomic';
    if (this.listType !== undefined) return this.listType === 'atomic';
    return !this.patchStrategy?.split(',').includes('merge');
  }

  get declared(): readonly DeclaredField[] {
    return this.type === 'struct' ? this.struct.declared : [];
  }

  declaredField(name: string): DeclaredField | undefined {
    return this.type === 'struct' ? this.struct.declaredByName.get(name) : undefined;
  }

  get others(): TypeSchema | undefined {
    if (this.type === 'list' || this.type === 'map') return this.element;
    return this.type === 'struct' && !this.schema['x-kubernetes-preserve-unknown-fields'] ? undefined : DEDUCED;
  }

  get keys(): readonly string[] {
    if (this.listType === 'map') return this.listMapKeys;
    return this.listType === undefined && this.mergeKey !== undefined ? [this.mergeKey] : NO_KEYS;
  }

  item(): Shape | undefined {
    return this.type === 'list' ? this.element : undefined;
  }

  private targetMapType(): 'atomic' | 'granular' | undefined {
    return this.ref === undefined || this.type !== 'struct' ? undefined : resolveRef(this.ref)['x-kubernetes-map-type'];
  }
}

function structureOf(type: ShapeType): TypeSchema['structure'] {
  switch (type) {
    case 'struct':
    case 'map':
    case 'list':
      return type;
    case 'object':
    case 'raw':
      return 'deduced';
    default:
      return 'scalar';
  }
}

function refType(name: string): ShapeType {
  const known = SCALARS[name];
  if (known) return known;
  const target = resolveRef(name);
  if (target.properties) return 'struct';
  return target.type === 'object' ? 'object' : 'raw';
}

function inlineType(schema: OpenApiSchema): ShapeType {
  if (schema['x-kubernetes-int-or-string']) return 'intOrString';
  switch (schema.type) {
    case 'object':
      if (schema.properties) return 'struct';
      return schema.additionalProperties ? 'map' : 'object';
    case 'array':
      return 'list';
    case 'string':
      return schema.format === 'byte' ? 'bytes' : 'string';
    case 'integer':
      return schema.format === 'int32' ? 'int32' : 'int64';
    case 'number':
      return 'double';
    case 'boolean':
      return 'boolean';
    default:
      return 'raw';
  }
}

/** Decoding and defaults of a kind that no Go type describes. Both work in place. */
export interface StructuralRules {
  decode(value: Json): { unknown: string[]; wrong: string[] };
  setDefaults(object: KubeObject): void;
}

/** Anything with a schema: a Kind, or the body of a subresource named by its definition. */
export interface WithSchema {
  readonly structural?: StructuralRules;
  readonly schema: OpenApiSchema;
  /** 'io.k8s.api.core.v1.Pod'; names the type in errors. */
  readonly definition: string;
}

const rootShapes = new WeakMap<OpenApiSchema, Shape>();

/** Compiled on first use; as long-lived as the schema. */
export function shapeOf({ schema, definition }: WithSchema): Shape {
  let shape = rootShapes.get(schema);
  if (!shape) {
    // A built-in kind is compiled through its name, so that errors can print its Go type.
    shape = new Shape(definitionOf(definition) === schema ? { $ref: `#/components/schemas/${definition}` } : schema);
    rootShapes.set(schema, shape);
  }
  return shape;
}
