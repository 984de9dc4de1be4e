import type { JSONSchemaProps } from '../generated/types.js';
import { subSchema } from '../custom/structural.js';

/** A path into a schema: its names, how it is printed, and what stands there. */
export interface FoundField {
  readonly names: readonly string[];
  /** '.spec.a' → 'spec.a'; keys of maps in brackets: 'spec.labels[app]'. */
  readonly text: string;
  readonly schema: JSONSchemaProps;
}

/**
 * Follows '.spec.name' or `.spec['name']` through a schema. Models ValidFieldPath of apiserver/schema/cel (1.36).
 */
export function fieldOfPath(
  path: string,
  root: JSONSchemaProps,
  options: { noBrackets?: boolean } = {},
): FoundField | { error: string } {
  let schema = root;
  let text = '';
  const names: string[] = [];
  const tokens = path.match(/\.[^.[\]]*|\['(?:[^'\\]|\\.)*'\]|.+?/gs) ?? [];
  if (tokens.length === 0) return { error: 'unexpected end of JSON path' };
  for (const token of tokens) {
    const isBracket = token.startsWith('[');
    if (isBracket && options.noBrackets) return { error: 'array notation is not allowed' };
    if (!token.startsWith('.') && !(isBracket && token.endsWith("']"))) {
      return { error: `expected [ or . but got: ${path.slice(path.indexOf(token))}` };
    }
    const name = isBracket ? token.slice(2, -2).replace(/\\(.)/gs, '$1') : token.slice(1);
    if (name === '') return { error: 'unexpected end of JSON path' };
    const property = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    const additional = schema.properties ? undefined : subSchema(schema.additionalProperties);
    const next = property ?? additional;
    if (!next) return { error: 'does not refer to a valid field' };
    text += property ? `${text === '' ? '' : '.'}${name}` : `[${name}]`;
    names.push(name);
    schema = next;
  }
  return { names, text, schema };
}
