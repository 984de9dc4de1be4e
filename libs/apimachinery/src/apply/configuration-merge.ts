import type { Json } from '../meta.js';
import { withinStack } from '../within-stack.js';
import { mergeApplied } from './merge.js';
import { atomOf, isAtomic, isObject, type TypeSchema } from './type-schema.js';
import { typingErrors } from './typed.js';

/**
 * `live` with a configuration laid over as server-side apply does, without owners: nothing is taken away and nobody is
 * asked. Shares parts with both. Fails with an Error of upstream's words for what is no configuration of this kind, or sets
 * what can only be set as a whole. Models ApplyStructuredMergeDiff of plugin/policy/mutating (1.36).
 */
export function mergeConfiguration(live: Json, configuration: Json, schema: TypeSchema): Json {
  return withinStack(() => {
    const wrong = typingErrors(configuration, schema);
    if (wrong !== undefined) throw new Error(`failed to convert patch object to typed object: ${wrong}`);
    const atomics = atomicsOf(configuration, schema, '');
    if (atomics.length > 0) {
      const places = atomics.join(', ');
      throw new Error(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${places}`);
    }
    const broken = typingErrors(live, schema);
    if (broken !== undefined) throw new Error(`failed to convert original object to typed object: ${broken}`);
    return mergeApplied(live, configuration, schema);
  });
}

/** Where the configuration would replace what it only means to complete. */
function atomicsOf(value: Json, schema: TypeSchema, path: string): string[] {
  const found: string[] = [];
  const atom = atomOf(schema, value);
  if (atom === 'map' && isObject(value)) {
    if (isAtomic(schema, atom)) found.push(path);
    for (const [name, item] of Object.entries(value)) {
      const field = schema.declaredField(name);
      if (field) found.push(...atomicsOf(item, field.schema, `${path}.${name}`));
    }
  } else if (atom === 'list' && Array.isArray(value)) {
    if (isAtomic(schema, atom)) found.push(path);
    const { others } = schema;
    if (others) for (const [i, item] of value.entries()) found.push(...atomicsOf(item, others, `${path}[${i}]`));
  }
  return found;
}
