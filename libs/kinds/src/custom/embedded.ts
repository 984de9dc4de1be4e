import { type FieldError, fieldError, type Json, parseApiVersion } from '#apimachinery';
import { isObject, own, type Structural } from './structural.js';
import { below } from './value-validation.js';

/** A resource inside a resource says what it is. Models apiserver/schema/objectmeta (1.36). */
export function validateEmbedded(value: Json, schema: Structural): FieldError[] {
  const errors: FieldError[] = [];
  check(errors, value, schema, '', true);
  return errors;
}

function check(errors: FieldError[], value: Json, schema: Structural, path: string, isRoot: boolean): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (let i = 0; i < value.length; i++) check(errors, value[i]!, items, `${path}[${i}]`, false);
    return;
  }
  if (!isObject(value)) return;
  if (schema.embedded && !isRoot) {
    const [apiVersion, kind] = [own(value, 'apiVersion'), own(value, 'kind')];
    if (!apiVersion) errors.push(fieldError.required(below(path, 'apiVersion'), 'must not be empty'));
    else if (typeof apiVersion === 'string' && !parseApiVersion(apiVersion)) {
      const why = `unexpected GroupVersion string: ${apiVersion}`;
      errors.push(fieldError.invalid(below(path, 'apiVersion'), apiVersion, why));
    }
    if (!kind) errors.push(fieldError.required(below(path, 'kind'), 'must not be empty'));
  }
  for (const name of Object.keys(value)) {
    const known = schema.properties.get(name) ?? schema.additional;
    if (typeof known === 'object') check(errors, own(value, name)!, known, below(path, name), false);
  }
}
