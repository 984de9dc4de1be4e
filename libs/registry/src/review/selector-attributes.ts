import { type FieldError, fieldError, type FieldRequirement, parseFieldSelector, StatusError } from '#apimachinery';
import type { FieldSelectorAttributes, ResourceAttributes } from '#kinds';

interface Selector {
  readonly rawSelector?: string;
  readonly requirements?: readonly { readonly key: string; readonly operator: string; readonly values?: string[] }[];
}

/** Models validateResourceAttributes of pkg/apis/authorization/validation (1.36). */
export function selectorErrors({ fieldSelector, labelSelector }: ResourceAttributes): FieldError[] {
  return [
    ...(fieldSelector ? errorsOf('spec.resourceAttributes.fieldSelector', fieldSelector) : []),
    ...(labelSelector ? errorsOf('spec.resourceAttributes.labelSelector', labelSelector) : []),
  ];
}

function errorsOf(at: string, { rawSelector = '', requirements = [] }: Selector): FieldError[] {
  const errors: FieldError[] = [];
  if (rawSelector !== '' && requirements.length > 0) {
    errors.push(
      fieldError.invalid(`${at}.rawSelector`, rawSelector, 'may not specified at the same time as requirements'),
    );
  }
  if (rawSelector === '' && requirements.length === 0) {
    const why = `when ${at} is specified, requirements or rawSelector is required`;
    errors.push(fieldError.required(`${at}.requirements`, why));
  }
  for (const [i, { key, operator, values = [] }] of requirements.entries()) {
    const here = `${at}.requirements[${i}]`;
    if (!key) errors.push(fieldError.required(`${here}.key`, 'must be specified'));
    if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
      errors.push(fieldError.required(`${here}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    }
    if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
      const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      errors.push(fieldError.forbidden(`${here}.values`, why));
    }
  }
  return errors;
}

/**
 * What authorizers are told of a selector. What they cannot be told only narrows the question, so leaving it out never
 * allows more. Models BuildEvaluationError and FieldSelectorAsSelector (1.36).
 */
export function fieldsOf(selector: FieldSelectorAttributes | undefined): {
  readonly requirements: readonly FieldRequirement[];
  readonly unreadable?: string;
} {
  if (!selector) return { requirements: [] };
  if (selector.rawSelector) {
    try {
      return { requirements: parseFieldSelector(selector.rawSelector).requirements };
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return { requirements: [], unreadable: `spec.resourceAttributes.fieldSelector ignored due to parse error` };
    }
  }
  const requirements = (selector.requirements ?? []).flatMap(({ key, operator, values = [] }): FieldRequirement[] => {
    const [value] = values;
    if (values.length !== 1 || value === undefined) return [];
    if (operator === 'In') return [{ field: key, op: '=', value }];
    return operator === 'NotIn' ? [{ field: key, op: '!=', value }] : [];
  });
  return { requirements };
}
