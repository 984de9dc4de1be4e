/** One cause inside a Status: which field, what is wrong, in words and by name. */
export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueNotFound'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

/** One thing wrong with one field. `detail` is upstream's full text after the field, e.g. 'Invalid value: "X": must be …'. */
export interface FieldError {
  type: FieldErrorType;
  /** Dotted path as upstream prints it: spec.containers[0].image */
  field: string;
  detail: string;
}

/** As Go's %q / %v prints a value inside a field error: strings quoted, the rest as JSON. */
function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/** The constructors of k8s.io/apimachinery/pkg/util/validation/field (1.36), same texts. */
export const fieldError = {
  required: (field: string, why = ''): FieldError => ({
    type: 'FieldValueRequired',
    field,
    detail: why ? `Required value: ${why}` : 'Required value',
  }),
  invalid: (field: string, value: unknown, why: string): FieldError => ({
    type: 'FieldValueInvalid',
    field,
    detail: `Invalid value: ${shown(value)}: ${why}`,
  }),
  /** The same of a value whose text is Go's own: a struct of the internal API, or a pointer to nothing. */
  invalidText: (field: string, text: string, why: string): FieldError => ({
    type: 'FieldValueInvalid',
    field,
    detail: `Invalid value: ${text}: ${why}`,
  }),
  /** The same where upstream leaves the value out (field.OmitValueType). */
  invalidOmitted: (field: string, why: string): FieldError => ({
    type: 'FieldValueInvalid',
    field,
    detail: `Invalid value: ${why}`,
  }),
  notSupported: (field: string, value: unknown, supported: readonly string[]): FieldError => ({
    type: 'FieldValueNotSupported',
    field,
    detail: `Unsupported value: ${shown(value)}${
      supported.length ? `: supported values: ${supported.map(shown).join(', ')}` : ''
    }`,
  }),
  duplicate: (field: string, value: unknown): FieldError => ({
    type: 'FieldValueDuplicate',
    field,
    detail: `Duplicate value: ${shown(value)}`,
  }),
  forbidden: (field: string, why: string): FieldError => ({
    type: 'FieldValueForbidden',
    field,
    detail: `Forbidden: ${why}`,
  }),
  /** `maxBytes` as upstream: 'Too long: may not be more than 262144 bytes'. */
  tooLong: (field: string, maxBytes: number): FieldError => ({
    type: 'FieldValueTooLong',
    field,
    detail: `Too long: may not be more than ${maxBytes} bytes`,
  }),
  tooMany: (field: string, actual: number, max: number): FieldError => ({
    type: 'FieldValueTooMany',
    field,
    detail: `Too many: ${actual}: must have at most ${max} items`,
  }),
  notFound: (field: string, value: unknown): FieldError => ({
    type: 'FieldValueNotFound',
    field,
    detail: `Not found: ${shown(value)}`,
  }),
};

export function causeOf(error: FieldError): StatusCause {
  return { reason: error.type, message: error.detail, field: error.field };
}
