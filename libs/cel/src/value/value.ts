import type { CelType, ListShape } from '../typing/cel-type.js';
import type { CelDuration, CelTimestamp } from './time.js';
import { CelUint } from './uint.js';
import { spend } from './work.js';

/** A failed part of an expression: absorbed by && and || where the other side decides, else what the whole fails with. */
export class CelFault {
  constructor(readonly message: string) {}
}

/** A type as a value: what `int` and `type(x)` are. */
export class CelTypeValue {
  constructor(readonly name: string) {}
}

/** optional.of(x), or optional.none() where value is undefined. */
export class CelOptional {
  static readonly NONE = new CelOptional(undefined);

  constructor(readonly value: Value | undefined) {}
}

/** A value of a library's own type. */
export abstract class CelOpaque {
  abstract readonly celType: CelType;

  abstract equals(other: Value): boolean;

  /** As size() of such a value counts for costs; 1 where it has none. */
  get costSize(): number {
    return 1;
  }
}

export type Value =
  | null
  | boolean
  /** An int of 64 bits. */
  | bigint
  | CelUint
  /** A double. */
  | number
  | string
  | Uint8Array
  | CelTimestamp
  | CelDuration
  | CelList
  | CelMap
  | CelOptional
  | CelTypeValue
  | CelOpaque
  | CelFault;

const NO_OVERLOAD = 'no such overload';

export function noSuchOverload(): CelFault {
  return new CelFault(NO_OVERLOAD);
}

/**
 * An immutable list. Lists read from JSON wrap their items when asked; built ones share their growth: appending to the
 * latest of a chain costs what is appended, so that a fold that gathers n items costs n.
 */
export class CelList {
  private constructor(
    readonly size: number,
    private readonly read: (index: number) => Value,
    private readonly built: Value[] | undefined,
    readonly shape: ListShape | undefined,
  ) {}

  static of(items: readonly Value[], shape?: ListShape): CelList {
    const built = [...items];
    return new CelList(built.length, (index) => built[index]!, built, shape);
  }

  /** Over something that is read lazily; it must not change while the list lives. */
  static lazy(size: number, read: (index: number) => Value, shape?: ListShape): CelList {
    return new CelList(size, read, undefined, shape);
  }

  get(index: number): Value {
    return this.read(index);
  }

  /** By any numeric index, as expressions ask. */
  at(index: Value): Value {
    const place = typeof index === 'bigint' ? Number(index) : typeof index === 'number' ? index : Number.NaN;
    if (Number.isNaN(place)) return new CelFault('no such overload');
    if (!Number.isInteger(place) || place < 0 || place >= this.size) {
      return new CelFault(`index out of bounds: ${place}`);
    }
    return this.read(place);
  }

  *[Symbol.iterator](): Generator<Value> {
    for (let index = 0; index < this.size; index++) yield this.read(index);
  }

  concat(other: CelList): CelList {
    if (other.size === 0) return this;
    if (this.size === 0 && !this.shape) return other;
    spend(other.size + (this.built?.length === this.size ? 0 : this.size));
    const built = this.built?.length === this.size ? this.built : [...this];
    for (const item of other) built.push(item);
    return new CelList(built.length, (index) => built[index]!, built, this.shape);
  }
}

/**
 * What equal keys have in common: numbers of equal value are one key, whatever their kind. undefined: no key can be so.
 * Doubles with a fraction find nothing but are asked for.
 */
export function keyOf(value: Value): string | undefined {
  if (typeof value === 'string') return `"${value}`;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof CelUint) return String(value.value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return Number.isInteger(value) ? String(BigInt(value)) : `~${value}`;
  return undefined;
}

/** An immutable map, or an object of a schema (`typeName`), whose fields are found under their escaped names. */
export interface MapContent {
  readonly size: number;
  get(key: Value): Value | undefined;
  keys(): Iterable<Value>;
}

export class CelMap {
  constructor(
    private readonly content: MapContent,
    /** Set for objects of a type. */
    readonly typeName?: string,
  ) {}

  static of(entries: Iterable<readonly [Value, Value]>, typeName?: string): CelMap {
    const byKey = new Map<string, readonly [Value, Value]>();
    for (const entry of entries) byKey.set(keyOf(entry[0]) ?? '', entry);
    return new CelMap(new BuiltMap(byKey), typeName);
  }

  get size(): number {
    return this.content.size;
  }

  get(key: Value): Value | undefined {
    return this.content.get(key);
  }

  keys(): Iterable<Value> {
    return this.content.keys();
  }

  /** With one more entry; undefined where the key is there. Extends the latest of a chain in place, as folds do. */
  inserted(key: Value, value: Value): CelMap | undefined {
    const built = this.content instanceof BuiltMap ? this.content : BuiltMap.copied(this);
    const grown = built.inserted(key, value);
    return grown && new CelMap(grown);
  }
}

/** Insertion order is kept; `size` may be less than the map when a longer map grew out of this one. */
class BuiltMap implements MapContent {
  constructor(
    private readonly entries: Map<string, readonly [Value, Value]>,
    readonly size = entries.size,
  ) {}

  static copied(map: CelMap): BuiltMap {
    return new BuiltMap(new Map([...map.keys()].map((key) => [keyOf(key) ?? '', [key, map.get(key)!]])));
  }

  get(key: Value): Value | undefined {
    const text = keyOf(key);
    if (text === undefined) return undefined;
    if (this.size === this.entries.size) return this.entries.get(text)?.[1];
    for (const own of this.keys()) if (keyOf(own) === text) return this.entries.get(text)?.[1];
    return undefined;
  }

  *keys(): Generator<Value> {
    let count = 0;
    for (const [key] of this.entries.values()) {
      if (count++ >= this.size) return;
      yield key;
    }
  }

  inserted(key: Value, value: Value): BuiltMap | undefined {
    if (this.get(key) !== undefined) return undefined;
    const entries = this.size === this.entries.size ? this.entries : new Map([...this.entries].slice(0, this.size));
    entries.set(keyOf(key) ?? '', [key, value]);
    return new BuiltMap(entries);
  }
}
