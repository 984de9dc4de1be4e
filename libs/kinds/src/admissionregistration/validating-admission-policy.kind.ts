import { type FieldError, fieldError, qualifiedName } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { checkOneOf } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicySpec, Validation } from '../generated/types.js';
import { defaultMatchResources } from './defaults.js';
import { validateValidationExpressions } from './expression-validation.js';
import { paramKindText } from './param-text.js';
import { validatePolicySpec } from './policy-validation.js';

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const ANNOTATIONS_MAX = 20;
const VALUE_EXPRESSION_BYTES_MAX = 5 * 1024;
const EMPTY = 'validations or auditAnnotations must contain at least one item';

/** Models ValidateValidatingAdmissionPolicy (1.36). */
export const validatingAdmissionPolicyKind = defineKind<ValidatingAdmissionPolicy>({
  apiVersion: 'admissionregistration.k8s.io/v1',
  resource: 'validatingadmissionpolicies',
  generation: true,
  unconditionalUpdate: false,
  applyDefaults({ spec }) {
    if (!spec) return;
    spec.failurePolicy ??= 'Fail';
    defaultMatchResources(spec.matchConstraints);
  },
  validate: ({ metadata, spec = {} }) => [
    ...validatePolicySpec(spec, 'spec'),
    ...validateContent(spec, metadata.name ?? '', 'spec'),
    ...validateValidationExpressions(spec, 'spec'),
  ],
  validateStatusUpdate: ({ status }) =>
    (status?.typeChecking?.expressionWarnings ?? []).flatMap(({ fieldRef, warning }, i) => {
      const field = `status.typeChecking.expressionWarnings[${i}]`;
      const errors = warning ? [] : [fieldError.required(`${field}.warning`)];
      return fieldRef?.trim() ? errors : [...errors, fieldError.required(`${field}.fieldRef`)];
    }),
  table: tableOf<ValidatingAdmissionPolicy>([column('Validations', 'integer'), column('ParamKind')], ({ spec }) => [
    spec?.validations?.length ?? 0,
    paramKindText(spec?.paramKind),
  ]),
});

function validateContent(spec: ValidatingAdmissionPolicySpec, name: string, field: string): FieldError[] {
  const { validations = [], auditAnnotations = [] } = spec;
  if (validations.length === 0 && auditAnnotations.length === 0) {
    return [
      fieldError.required(`${field}.validations`, EMPTY),
      fieldError.required(`${field}.auditAnnotations`, EMPTY),
    ];
  }
  return [
    ...validations.flatMap((validation, i) => validateValidation(validation, `${field}.validations[${i}]`)),
    ...validateAnnotations(auditAnnotations, name, `${field}.auditAnnotations`),
  ];
}

function validateValidation(
  { expression, message, messageExpression, reason }: Validation,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!expression?.trim()) errors.push(fieldError.required(`${field}.expression`, 'expression is not specified'));
  if (messageExpression && !messageExpression.trim()) {
    errors.push(fieldError.invalid(`${field}.messageExpression`, messageExpression, 'must be non-empty if specified'));
  }
  if (message && !message.trim()) {
    errors.push(fieldError.invalid(`${field}.message`, message, 'message must be non-empty if specified'));
  } else if (/[\n\r]/.test(message?.trim() ?? '')) {
    errors.push(fieldError.invalid(`${field}.message`, message, 'message must not contain line breaks'));
  }
  checkOneOf(errors, `${field}.reason`, reason, REASONS);
  return errors;
}

function validateAnnotations(
  annotations: NonNullable<ValidatingAdmissionPolicySpec['auditAnnotations']>,
  name: string,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (annotations.length > ANNOTATIONS_MAX) {
    const why = `must not have more than ${ANNOTATIONS_MAX} auditAnnotations`;
    errors.push(fieldError.invalid(field, annotations, why));
  }
  const keys = new Set<string>();
  for (const [i, { key, valueExpression }] of annotations.entries()) {
    const whole = `${name}/${key}`;
    if (name === '') errors.push(fieldError.invalid(`${field}[${i}].key`, key, 'requires metadata.name be non-empty'));
    else for (const why of qualifiedName(whole)) errors.push(fieldError.invalid(`${field}[${i}].key`, whole, why));
    const value = valueExpression?.trim() ?? '';
    if (value === '')
      errors.push(fieldError.required(`${field}[${i}].valueExpression`, 'valueExpression is not specified'));
    else if (Buffer.byteLength(value) > VALUE_EXPRESSION_BYTES_MAX) {
      const why = `must not exceed ${VALUE_EXPRESSION_BYTES_MAX} bytes in length`;
      errors.push(fieldError.required(`${field}[${i}].valueExpression`, why));
    }
    if (keys.has(key)) errors.push(fieldError.duplicate(`${field}[${i}].key`, key));
    keys.add(key);
  }
  return errors;
}
