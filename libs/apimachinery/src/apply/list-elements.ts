import type { Json } from '../meta.js';
import type { PathElement } from './path-element.js';
import { elementOf, type TypeSchema } from './type-schema.js';

/** An element without its key: a list that cannot be compared or merged. The text is upstream's. */
export class TypingError extends Error {}

/** The step to each element, in the order of the list. Throws TypingError for one without its keys. */
export function elementsOf(list: readonly Json[], schema: TypeSchema): PathElement[] {
  return list.map((item, place) => {
    const step = elementOf(schema, item);
    if ('error' in step) throw new TypingError(`element ${place}: ${step.error}`);
    return step.element;
  });
}

/** Elements by the step that leads to them; several where a list holds what it should not. */
export function indexed(list: readonly Json[], schema: TypeSchema): Map<PathElement, Json[]> {
  const items = new Map<PathElement, Json[]>();
  for (const [place, element] of elementsOf(list, schema).entries()) {
    const same = items.get(element);
    if (same) same.push(list[place]!);
    else items.set(element, [list[place]!]);
  }
  return items;
}

export function isEmptyValue(value: Json): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}
