import {
  type FieldError,
  fieldError,
  type FieldRequirement,
  parseFieldSelector,
  parseLabelSelector,
  StatusError,
  validateLabelSelector,
} from '#apimachinery';
import type { FieldSelectorAttributes, LabelSelectorAttributes, ResourceAttributes } from '#kinds';

const AT = 'spec.resourceAttributes';

interface Selector {
  readonly rawSelector?: string;
  readonly requirements?: readonly { readonly key: string; readonly operator: string; readonly values?: string[] }[];
}

/** Models validateResourceAttributes of pkg/apis/authorization/validation (1.36). */
export function selectorErrors({ fieldSelector, labelSelector }: ResourceAttributes): FieldError[] {
  return [
    ...(fieldSelector ? errorsOf(`${AT}.fieldSelector`, fieldSelector) : []),
    ...(labelSelector ? errorsOf(`${AT}.labelSelector`, labelSelector) : []),
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

type Requirement = NonNullable<Selector['requirements']>[number];

/**
 * What authorizers are told of selectors, and what of them could not be read; '' for nothing. What they cannot be told only
 * narrows the question, so leaving it out never allows more. Models ResourceAttributesFrom and BuildEvaluationError (1.36).
 */
export function selectorFactsOf({ fieldSelector, labelSelector }: ResourceAttributes): {
  readonly requirements: readonly FieldRequirement[];
  readonly evaluationError: string;
} {
  const fields = fieldsOf(fieldSelector);
  const ignored = [remarkOf('fieldSelector', fields), remarkOf('labelSelector', labelsOf(labelSelector))];
  return {
    requirements: fields.read,
    evaluationError: ignored.filter((remark) => remark !== '').join('; '),
  };
}

interface Reading<T> {
  readonly read: readonly T[];
  readonly hasUnread: boolean;
}

function remarkOf(selector: string, { read, hasUnread }: Reading<unknown>): string {
  if (!hasUnread) return '';
  return `${AT}.${selector} ${read.length > 0 ? 'partially ' : ''}ignored due to parse error`;
}

function fieldsOf(selector: FieldSelectorAttributes | undefined): Reading<FieldRequirement> {
  const { rawSelector = '', requirements = [] } = selector ?? {};
  if (rawSelector !== '') return readOr(() => parseFieldSelector(rawSelector).requirements);
  const read = requirements.flatMap((one) => fieldRequirement(one) ?? []);
  return { read, hasUnread: read.length < requirements.length };
}

/** Fields know one value only. */
function fieldRequirement({ key, operator, values = [] }: Requirement): FieldRequirement | undefined {
  const [value] = values;
  if (values.length !== 1 || value === undefined) return undefined;
  if (operator === 'In') return { field: key, op: '=', value };
  return operator === 'NotIn' ? { field: key, op: '!=', value } : undefined;
}

/** No authorizer here looks at labels; whoever asks is told all the same which could not be read. */
function labelsOf(selector: LabelSelectorAttributes | undefined): Reading<unknown> {
  const { rawSelector = '', requirements = [] } = selector ?? {};
  if (rawSelector !== '') return readOr(() => [parseLabelSelector(rawSelector)]);
  const read = requirements.filter((one) => validateLabelSelector({ matchExpressions: [one] }, AT).length === 0);
  return { read, hasUnread: read.length < requirements.length };
}

function readOr<T>(parse: () => readonly T[]): Reading<T> {
  try {
    return { read: parse(), hasUnread: false };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return { read: [], hasUnread: true };
  }
}
