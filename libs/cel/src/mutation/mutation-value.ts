import { CelError } from '../cel-error.js';
import { jsonOf } from '../value/json.js';
import { CelList, CelMap, type Value } from '../value/value.js';

/** Plain JSON of what a mutation built. The names of its types must say where they stand. */
export function mutationOf(value: Value): unknown {
  const isPatch = value instanceof CelList;
  const wrong = isPatch ? [] : misplaced(value, 'Object');
  if (wrong.length > 0) throw new CelError(`type mismatch: ${wrong.join('\n')}`);
  return jsonOf(value);
}

function misplaced(value: Value, path: string): string[] {
  if (value instanceof CelList) return [...value].flatMap((item) => misplaced(item, path));
  if (!(value instanceof CelMap)) return [];
  const { typeName } = value;
  const isObject = typeName !== undefined && /^Object(\.|$)/.test(typeName);
  const own =
    isObject && typeName !== path
      ? [`unexpected type name "${typeName}", expected "${path}", which matches field name path from root Object type`]
      : [];
  const within = [...value.keys()].flatMap((key) =>
    misplaced(value.get(key)!, isObject ? `${path}.${String(key as string)}` : path),
  );
  return [...own, ...within];
}
