import { CelType, DYN, STRING } from '../typing/cel-type.js';

const JSON_PATCH = CelType.object('JSONPatch', { op: STRING, path: STRING, from: STRING, value: DYN });

/** A map that has every field, of any type: without a schema, no field of an object is known to be wrong. */
class AnyField extends Map<string, CelType> {
  override get(): CelType {
    return DYN;
  }
}

/** What mutations build: JSONPatch, Object, and Object.spec and the like for what stands at that path. Models apiserver's cel/mutation (1.36). */
export function mutationTypeNamed(name: string): CelType | undefined {
  if (name === 'JSONPatch') return JSON_PATCH;
  return /^Object(\.\w+)*$/.test(name) ? CelType.object(name, () => new AnyField()) : undefined;
}
