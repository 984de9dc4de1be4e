import type { FieldError } from './field-error.js';

/** Several failures as one text: each is said once, one alone without brackets. Models utilerrors.NewAggregate (1.36). */
export function aggregateText(messages: readonly string[]): string {
  const distinct = [...new Set(messages)];
  return distinct.length === 1 ? distinct[0]! : `[${distinct.join(', ')}]`;
}

/** The same of field errors. Models ErrorList.ToAggregate (1.36). */
export function fieldErrorsText(errors: readonly FieldError[]): string {
  return aggregateText(errors.map(({ field, detail }) => `${field}: ${detail}`));
}
