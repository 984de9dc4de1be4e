/**
 * The types of CEL as Kubernetes has them. Immutable and shared; compared by kind, name and parameters.
 * Lists, maps, strings and bytes carry the most elements that their schema allows (`sizeMax`), from which costs are estimated.
 */
export type CelKind =
  | 'dyn'
  | 'error'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'list'
  | 'map'
  | 'object'
  | 'opaque'
  | 'type'
  | 'param';

/** How the items of a list are compared and joined: by place, as a set, or by their keys (x-kubernetes-list-type). */
export interface ListShape {
  readonly kind: 'atomic' | 'set' | 'map';
  readonly keys: readonly string[];
}

export class CelType {
  private constructor(
    readonly kind: CelKind,
    /** What messages call it without its parameters: 'list', 'int', 'google.protobuf.Timestamp', a type of a schema. */
    readonly name: string,
    readonly params: readonly CelType[] = [],
    readonly details: {
      readonly fields?: () => ReadonlyMap<string, CelType>;
      /** Elements at most: characters, bytes, items or entries. */
      readonly sizeMax?: number;
      /** Bytes of JSON at least. */
      readonly sizeMin?: number;
      readonly list?: ListShape;
      /** Fields that expressions know by another name: escaped → the property's own. */
      readonly properties?: ReadonlyMap<string, string>;
    } = {},
  ) {}

  static simple(kind: CelKind, name: string): CelType {
    return new CelType(kind, name);
  }

  static list(item: CelType): CelType {
    return new CelType('list', 'list', [item]);
  }

  static map(key: CelType, value: CelType): CelType {
    return new CelType('map', 'map', [key, value]);
  }

  /** Fields are asked for on first use, so types may be recursive. */
  static object(
    name: string,
    fields: Readonly<Record<string, CelType>> | (() => ReadonlyMap<string, CelType>),
  ): CelType {
    if (typeof fields === 'function') return new CelType('object', name, [], { fields });
    const map = new Map(Object.entries(fields));
    return new CelType('object', name, [], { fields: () => map });
  }

  static opaque(name: string, ...params: readonly CelType[]): CelType {
    return new CelType('opaque', name, params);
  }

  static optional(value: CelType): CelType {
    return CelType.opaque('optional_type', value);
  }

  static param(name: string): CelType {
    return new CelType('param', name);
  }

  /** The type of a type: what `int` or `type(x)` are. */
  static type(of?: CelType): CelType {
    return new CelType('type', 'type', of ? [of] : []);
  }

  with(details: Partial<CelType['details']>): CelType {
    return new CelType(this.kind, this.name, this.params, { ...this.details, ...details });
  }

  withParams(params: readonly CelType[]): CelType {
    return new CelType(this.kind, this.name, params, this.details);
  }

  field(name: string): CelType | undefined {
    return this.details.fields?.().get(name);
  }

  get isOptional(): boolean {
    return this.kind === 'opaque' && this.name === 'optional_type';
  }

  /** As cel-go prints it: 'map(string, list(int))'. */
  toString(): string {
    if (this.kind === 'type' && this.params.length === 0) return 'type';
    return this.params.length === 0 ? this.name : `${this.name}(${this.params.join(', ')})`;
  }
}

export const DYN = CelType.simple('dyn', 'dyn');
export const ERROR = CelType.simple('error', '!error!');
export const NULL = CelType.simple('null', 'null_type');
export const BOOL = CelType.simple('bool', 'bool');
export const INT = CelType.simple('int', 'int');
export const UINT = CelType.simple('uint', 'uint');
export const DOUBLE = CelType.simple('double', 'double');
export const STRING = CelType.simple('string', 'string');
export const BYTES = CelType.simple('bytes', 'bytes');
export const TIMESTAMP = CelType.simple('timestamp', 'google.protobuf.Timestamp');
export const DURATION = CelType.simple('duration', 'google.protobuf.Duration');
