import { type FieldError, fieldError } from '#apimachinery';

/** Conditions of both kinds: named, each once. Models ValidateFlowSchemaStatus (1.36). */
export function flowConditionErrors(conditions: readonly { readonly type?: string }[] = []): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, { type = '' }] of conditions.entries()) {
    const field = `status.conditions[${i}].type`;
    if (seen.has(type)) errors.push(fieldError.duplicate(field, type));
    seen.add(type);
    if (type === '') errors.push(fieldError.required(field, 'must not be empty'));
  }
  return errors;
}
