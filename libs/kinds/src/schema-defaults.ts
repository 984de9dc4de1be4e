import type { KubeObject } from '#apimachinery';
import type { Kind } from './kind.js';
import { type Shape, shapeOf, type Struct } from './shape.js';

type Plain = Record<string, unknown>;

/**
 * Fills in what the schema itself says: `default`s, and empty spec and status of a root, which Go always writes.
 * In place; idempotent. Subtrees without any default are not walked.
 */
export function applySchemaDefaults(
  kind: Pick<Kind, 'schema' | 'definition' | 'structural'>,
  object: KubeObject,
): void {
  if (kind.structural) return kind.structural.setDefaults(object);
  const shape = shapeOf(kind);
  const root = object as unknown as Plain;
  for (const name of ['spec', 'status'] as const) {
    if (root[name] === undefined && shape.field(name)?.type === 'struct') root[name] = {};
  }
  if (hasDefaults(shape)) fillStruct(root, shape.struct);
}

function fill(value: unknown, shape: Shape): void {
  if (typeof value !== 'object' || value === null || !hasDefaults(shape)) return;
  if (shape.type === 'struct') fillStruct(value as Plain, shape.struct);
  else if (shape.type === 'list') for (const item of value as unknown[]) fill(item, shape.element);
  else if (shape.type === 'map') for (const key of Object.keys(value)) fill((value as Plain)[key], shape.element);
}

/** Only fields that lead to a default, found once per definition. */
const paths = new WeakMap<Struct, [name: string, shape: Shape][]>();

function fillStruct(object: Plain, struct: Struct): void {
  let leading = paths.get(struct);
  if (!leading) {
    leading = [...struct.fields].filter(([, shape]) => hasDefaults(shape));
    paths.set(struct, leading);
  }
  for (const [name, shape] of leading) {
    if (object[name] === undefined) {
      if (shape.byDefault !== undefined) object[name] = structuredClone(shape.byDefault);
    } else {
      fill(object[name], shape);
    }
  }
}

const known = new WeakMap<Shape, boolean>();

/** Whether any default lies below `shape`; answered once per shape by a walk that enters every struct once. */
function hasDefaults(shape: Shape): boolean {
  let has = known.get(shape);
  if (has === undefined) {
    has = reachesDefault(shape, new Set());
    known.set(shape, has);
  }
  return has;
}

function reachesDefault(shape: Shape, entered: Set<Struct>): boolean {
  if (shape.byDefault !== undefined) return true;
  if (shape.type === 'list' || shape.type === 'map') return reachesDefault(shape.element, entered);
  if (shape.type !== 'struct' || entered.has(shape.struct)) return false;
  entered.add(shape.struct);
  for (const field of shape.struct.fields.values()) if (reachesDefault(field, entered)) return true;
  return false;
}
