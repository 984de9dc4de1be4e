import { type CelType, DYN } from '../typing/cel-type.js';
import {
  CelFault,
  CelList,
  CelMap,
  CelOpaque,
  CelOptional,
  CelTypeValue,
  type MapContent,
  type Value,
} from './value.js';
import { CelDuration, CelTimestamp } from './time.js';
import { CelUint } from './uint.js';

/** JSON has no other numbers than these. */
type Json = unknown;

/**
 * What plain JSON is to expressions, as its type says; lists and maps are read as they are walked. A value of the wrong
 * JSON type is read as its own kind, so that what is compared with it fails as upstream fails.
 */
export function valueOf(json: Json, type: CelType): Value {
  if (typeof json === 'function') return valueOf(json(), type);
  if (type.isOptional) {
    return json === null || json === undefined
      ? CelOptional.NONE
      : new CelOptional(valueOf(json, type.params[0] ?? DYN));
  }
  if (json === null || json === undefined) return null;
  if (typeof json === 'string') return textOf(json, type);
  if (typeof json === 'number') {
    return type.kind === 'double' || !Number.isSafeInteger(json) ? numberOf(json, type) : BigInt(json);
  }
  if (typeof json === 'bigint') return type.kind === 'double' ? Number(json) : json;
  if (typeof json === 'boolean') return json;
  if (Array.isArray(json)) return listOf(json, type);
  return isValue(json) ? json : mapOf(json as Readonly<Record<string, Json>>, type);
}

function isValue(json: object): json is Extract<Value, object> {
  return [
    CelOpaque,
    CelFault,
    CelOptional,
    CelTypeValue,
    CelList,
    CelMap,
    CelTimestamp,
    CelDuration,
    CelUint,
    Uint8Array,
  ].some((kind) => json instanceof kind);
}

function numberOf(json: number, type: CelType): Value {
  // Whole numbers beyond what doubles hold exactly were ints in the text.
  const isWhole = Number.isInteger(json) && Math.abs(json) < 2 ** 63;
  return type.kind !== 'double' && isWhole ? BigInt(json) : json;
}

function textOf(json: string, type: CelType): Value {
  switch (type.kind) {
    case 'timestamp':
      return (
        CelTimestamp.parse(json.length === 10 ? `${json}T00:00:00Z` : json) ??
        new CelFault(`type conversion error from 'string' to 'google.protobuf.Timestamp'`)
      );
    case 'duration':
      return (
        CelDuration.parse(json) ?? new CelFault(`type conversion error from 'string' to 'google.protobuf.Duration'`)
      );
    case 'bytes':
      return new Uint8Array(Buffer.from(json, 'base64'));
    default:
      return json;
  }
}

function listOf(json: readonly Json[], type: CelType): CelList {
  const item = type.kind === 'list' ? type.params[0]! : DYN;
  return CelList.lazy(json.length, (index) => valueOf(json[index], item), type.details.list);
}

function mapOf(json: Readonly<Record<string, Json>>, type: CelType): CelMap {
  if (type.kind === 'object') return new CelMap(new ObjectContent(json, type), type.name);
  return new CelMap(new RecordContent(json, type.kind === 'map' ? type.params[1]! : DYN));
}

class RecordContent implements MapContent {
  constructor(
    private readonly json: Readonly<Record<string, Json>>,
    private readonly value: CelType,
  ) {}

  get size(): number {
    return Object.keys(this.json).length;
  }

  get(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.json, key)) return undefined;
    return valueOf(this.json[key], this.value);
  }

  keys(): string[] {
    return Object.keys(this.json);
  }
}

/** An object of a schema: only declared fields are seen, under their escaped names. */
class ObjectContent implements MapContent {
  constructor(
    private readonly json: Readonly<Record<string, Json>>,
    private readonly type: CelType,
  ) {}

  get size(): number {
    return this.keys().length;
  }

  get(key: Value): Value | undefined {
    const field = typeof key === 'string' ? this.type.field(key) : undefined;
    if (!field) return undefined;
    const name = this.type.details.properties?.get(key as string) ?? (key as string);
    return Object.hasOwn(this.json, name) ? valueOf(this.json[name], field) : undefined;
  }

  keys(): string[] {
    const fields = this.type.details.fields?.() ?? new Map<string, CelType>();
    return [...fields.keys()].filter((name) => this.get(name) !== undefined);
  }
}
