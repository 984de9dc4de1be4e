import { dns1123Subdomain, type FieldError, fieldError, labelValue, qualifiedName } from '#apimachinery';
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from '../generated/types.js';

/** Models unversionedvalidation.ValidateLabelName: an empty one is wrong in its form, not missing. */
export function checkLabelKey(errors: FieldError[], field: string, key: string | undefined): void {
  for (const why of qualifiedName(key ?? '')) errors.push(fieldError.invalid(field, key ?? '', why));
}

/** Models ValidateNodeSelector (1.36): of pods' required affinity and of volumes'. */
export function checkNodeSelector(errors: FieldError[], at: string, { nodeSelectorTerms = [] }: NodeSelector): void {
  const list = `${at}.nodeSelectorTerms`;
  if (nodeSelectorTerms.length === 0) {
    errors.push(fieldError.required(list, 'must have at least one node selector term'));
  }
  for (const [i, term] of nodeSelectorTerms.entries()) checkNodeTerm(errors, `${list}[${i}]`, term, true);
}

/** `strict`: values must be label values; preferences may name what no label can be. */
export function checkNodeTerm(
  errors: FieldError[],
  at: string,
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  strict: boolean,
): void {
  for (const [i, one] of matchExpressions.entries())
    checkExpression(errors, `${at}.matchExpressions[${i}]`, one, strict);
  for (const [i, one] of matchFields.entries()) checkField(errors, `${at}.matchFields[${i}]`, one);
}

function checkExpression(
  errors: FieldError[],
  at: string,
  { key, operator, values = [] }: NodeSelectorRequirement,
  strict: boolean,
): void {
  const field = `${at}.values`;
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      errors.push(fieldError.required(field, "must be specified when `operator` is 'In' or 'NotIn'"));
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      errors.push(fieldError.forbidden(field, why));
    }
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) {
      errors.push(fieldError.required(field, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
    }
  } else errors.push(fieldError.invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
  checkLabelKey(errors, `${at}.key`, key);
  if (!strict) return;
  for (const [i, value] of values.entries()) {
    for (const why of labelValue(value)) errors.push(fieldError.invalid(`${field}[${i}]`, value, why));
  }
}

function checkField(errors: FieldError[], at: string, { key, operator, values = [] }: NodeSelectorRequirement): void {
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(fieldError.invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
  } else if (values.length !== 1) {
    const why = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(fieldError.required(`${at}.values`, why));
  }
  if (key !== 'metadata.name') {
    errors.push(fieldError.invalid(`${at}.key`, key ?? '', 'not a valid field selector key'));
    return;
  }
  for (const [i, value] of values.entries()) {
    for (const why of dns1123Subdomain(value)) errors.push(fieldError.invalid(`${at}.values[${i}]`, value, why));
  }
}
