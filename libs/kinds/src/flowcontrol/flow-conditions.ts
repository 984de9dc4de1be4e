import { type FieldError, fieldError } from '#apimachinery';
import type { FlowSchema, FlowSchemaCondition } from '../generated/types.js';

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

/** What the API server says of a schema, by whether its level is there. `now`: RFC 3339. Models presyncFlowSchemaStatus (1.36). */
export function danglingCondition({ spec }: FlowSchema, levelExists: boolean, now: string): FlowSchemaCondition {
  const level = JSON.stringify(spec.priorityLevelConfiguration.name);
  const what = `This FlowSchema references the PriorityLevelConfiguration object named ${level}`;
  return {
    type: 'Dangling',
    status: levelExists ? 'False' : 'True',
    lastTransitionTime: now,
    reason: levelExists ? 'Found' : 'NotFound',
    message: levelExists ? `${what} and it exists` : `${what} but there is no such object`,
  };
}
