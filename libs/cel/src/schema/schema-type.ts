import { BOOL, BYTES, CelType, DOUBLE, DURATION, DYN, INT, STRING, TIMESTAMP } from '../typing/cel-type.js';
import { escapedName } from './escaping.js';
import type { CelSchema } from './structural.js';

/** Sizes in bytes of JSON. Models k8s.io/apiserver/pkg/cel/limits.go (1.36). */
const REQUEST_SIZE_MAX = 3 * 1024 * 1024;
const DURATION_SIZE_MAX = 32;
const DURATION_SIZE_MIN = 3;
const DATE_TIME_SIZE_MAX = 32;
const DATE_TIME_SIZE_MIN = 21;
const DATE_SIZE = 12;
const STRING_SIZE_MIN = 2;
const BOOLEAN_SIZE_MIN = 4;
const NUMBER_SIZE_MIN = 1;
/** Lengths in schemas count characters, of four bytes at most. */
const CHARACTER_SIZE_MAX = 4;
const UNBOUNDED_TEXT = REQUEST_SIZE_MAX - 2;

const ROOT_PROPERTIES: Readonly<Record<string, CelSchema>> = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
};
const NAME_PROPERTIES: Readonly<Record<string, CelSchema>> = {
  name: { type: 'string' },
  generateName: { type: 'string' },
};

/**
 * The type of what a structural schema describes, with the most elements that its limits allow; undefined where no
 * expression can see it. A resource's root, and an embedded one's, has apiVersion, kind and its names whatever the schema says;
 * unknown fields are never seen. Models apiserver's cel/common/schemas.go (1.36); types of inner objects are named by their path.
 */
export function celTypeOf(
  schema: CelSchema,
  { isResourceRoot = false, name = 'object' }: { isResourceRoot?: boolean; name?: string } = {},
): CelType | undefined {
  if (schema['x-kubernetes-int-or-string']) {
    return DYN.with({ sizeMax: textSizeMax(schema, UNBOUNDED_TEXT), sizeMin: 1 });
  }
  const type = isResourceRoot ? 'object' : schema.type;
  switch (type) {
    case 'array':
      return listType(schema, name);
    case 'object':
      return isRecord(schema.additionalProperties) ? mapType(schema, name) : objectType(schema, name, isResourceRoot);
    case 'string':
      return textType(schema);
    case 'boolean':
      return BOOL.with({ sizeMin: BOOLEAN_SIZE_MIN });
    case 'number':
      return DOUBLE.with({ sizeMin: NUMBER_SIZE_MIN });
    case 'integer':
      return INT.with({ sizeMin: NUMBER_SIZE_MIN });
    default:
      return undefined;
  }
}

function isRecord(value: CelSchema['additionalProperties']): value is CelSchema {
  return typeof value === 'object' && value !== null;
}

function inner(schema: CelSchema, name: string): CelType | undefined {
  return celTypeOf(schema, { isResourceRoot: schema['x-kubernetes-embedded-resource'] === true, name });
}

function listType(schema: CelSchema, name: string): CelType | undefined {
  const item = schema.items && inner(schema.items, `${name}.@idx`);
  if (!item) return undefined;
  const sizeMax = schema.maxItems ?? Math.floor((REQUEST_SIZE_MAX - 2) / (serializedMin(item) + 1));
  const kind = schema['x-kubernetes-list-type'] ?? 'atomic';
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return CelType.list(item).with({ sizeMax: Math.max(sizeMax, 0), sizeMin: 2, list: { kind, keys } });
}

function mapType(schema: CelSchema, name: string): CelType | undefined {
  const value = inner(schema.additionalProperties as CelSchema, `${name}.@elem`);
  if (!value) return undefined;
  const sizeMax = schema.maxProperties ?? Math.floor((REQUEST_SIZE_MAX - 2) / (serializedMin(value) + 6));
  const key = STRING.with({ sizeMax: UNBOUNDED_TEXT });
  return CelType.map(key, value).with({ sizeMax: Math.max(sizeMax, 0), sizeMin: 2 });
}

function objectType(schema: CelSchema, name: string, isResourceRoot: boolean): CelType {
  const declared = isResourceRoot ? rootProperties(schema) : (schema.properties ?? {});
  const fields = new Map<string, CelType>();
  const properties = new Map<string, string>();
  const required = new Set(schema.required);
  let sizeMin = 2;
  for (const [property, propertySchema] of Object.entries(declared)) {
    const type = inner(propertySchema, `${name}.${property}`);
    if (!type) continue;
    const escaped = escapedName(property);
    if (escaped !== undefined) {
      fields.set(escaped, type);
      properties.set(escaped, property);
    }
    const isThere = required.has(property) && propertySchema.default === undefined;
    if (isThere) sizeMin += property.length + serializedMin(type) + 4;
  }
  return CelType.object(name, () => fields).with({ properties, sizeMin });
}

function rootProperties(schema: CelSchema): Readonly<Record<string, CelSchema>> {
  const metadata = schema.properties?.['metadata'];
  return {
    ...schema.properties,
    ...ROOT_PROPERTIES,
    metadata: { type: 'object', properties: { ...metadata?.properties, ...NAME_PROPERTIES } },
  };
}

function textType(schema: CelSchema): CelType {
  switch (schema.format) {
    case 'byte':
      return BYTES.with({ sizeMax: Math.max(schema.maxLength ?? UNBOUNDED_TEXT, 0), sizeMin: STRING_SIZE_MIN });
    case 'duration':
      return DURATION.with({ sizeMax: DURATION_SIZE_MAX, sizeMin: DURATION_SIZE_MIN });
    case 'date':
      return TIMESTAMP.with({ sizeMax: DATE_SIZE, sizeMin: DATE_SIZE });
    case 'date-time':
      return TIMESTAMP.with({ sizeMax: DATE_TIME_SIZE_MAX, sizeMin: DATE_TIME_SIZE_MIN });
    default:
      return STRING.with({ sizeMax: textSizeMax(schema, enumSizeMax(schema)), sizeMin: STRING_SIZE_MIN });
  }
}

function textSizeMax({ maxLength }: CelSchema, otherwise: number): number {
  return maxLength === undefined ? otherwise : Math.max(maxLength, 0) * CHARACTER_SIZE_MAX;
}

function enumSizeMax({ enum: values }: CelSchema): number {
  if (!values?.length) return UNBOUNDED_TEXT;
  return Math.max(0, ...values.map((value) => (typeof value === 'string' ? Buffer.byteLength(value) : 0)));
}

function serializedMin(type: CelType): number {
  return type.details.sizeMin ?? 0;
}
