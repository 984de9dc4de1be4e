import { type FieldError, fieldError } from '#apimachinery';

/**
 * The texts of the OpenAPI validator, which every API server prints. Models kube-openapi/pkg/validation/errors and
 * apiserver/validation's translation into field errors (1.36). `path`: 'spec.replicas', '' at the root.
 */
const at = (path: string) => `${path} in body`;
/** Errors about no field of their own: upstream prints the nil path. */
const NO_FIELD = '<nil>';

function invalid(path: string, value: unknown, why: string): FieldError {
  return fieldError.invalid(path === '' ? NO_FIELD : path, value ?? '', why);
}

function wrongType(path: string, type: string, found: string): FieldError {
  const why = `${at(path)} must be of type ${type}: ${JSON.stringify(found)}`;
  return { ...invalid(path, found, why), type: 'FieldValueTypeInvalid' };
}

const shownNumber = (value: number) =>
  Math.abs(value) >= 1e21 ? value.toExponential().replace('e+', 'e+') : String(value);

export const valueErrors = {
  wrongType,
  required: (path: string) => fieldError.required(path),
  notOneOf: (path: string, value: unknown, allowed: readonly unknown[]) => {
    const texts = allowed.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    return fieldError.notSupported(path === '' ? NO_FIELD : path, value, texts);
  },
  tooLong: (path: string, max: number) => fieldError.tooLong(path, max),
  tooShort: (path: string, value: string, min: number) =>
    invalid(path, value, `${at(path)} should be at least ${min} chars long`),
  patternCost: (path: string, value: string) =>
    invalid(path, value.slice(0, 64), `${at(path)} is too long for the patterns of its schema`),
  pattern: (path: string, value: string, pattern: string) =>
    invalid(path, value, `${at(path)} should match '${pattern}'`),
  format: (path: string, value: unknown, format: string) => {
    const why = `${at(path)} must be of type ${format}: ${JSON.stringify(value)}`;
    return { ...invalid(path, value, why), type: 'FieldValueTypeInvalid' as const };
  },
  tooMany: (path: string, count: number, max: number) => fieldError.tooMany(path, count, max),
  tooFew: (path: string, value: unknown, min: number) =>
    invalid(path, value, `${at(path)} should have at least ${min} items`),
  tooManyProperties: (path: string, count: number, max: number) => fieldError.tooMany(path, count, max),
  tooFewProperties: (path: string, value: unknown, min: number) =>
    invalid(path, value, `${at(path)} should have at least ${min} properties`),
  tooBig: (path: string, value: number, max: number, exclusive: boolean) =>
    invalid(path, value, `${at(path)} should be less than ${exclusive ? '' : 'or equal to '}${shownNumber(max)}`),
  tooSmall: (path: string, value: number, min: number, exclusive: boolean) =>
    invalid(path, value, `${at(path)} should be greater than ${exclusive ? '' : 'or equal to '}${shownNumber(min)}`),
  notMultiple: (path: string, value: number, of: number) =>
    invalid(path, value, `${at(path)} should be a multiple of ${shownNumber(of)}`),
  allOf: (path: string, none: boolean) =>
    invalid('', '', `"${path}" must validate all the schemas (allOf)${none ? '. None validated' : ''}`),
  anyOf: (path: string) => invalid('', '', `"${path}" must validate at least one schema (anyOf)`),
  oneOf: (path: string, found: number) =>
    invalid(
      '',
      '',
      `"${path}" must validate one and only one schema (oneOf). Found ${found === 0 ? 'none valid' : `${found} valid alternatives`}`,
    ),
  not: (path: string) => invalid('', '', `"${path}" must not validate the schema (not)`),
};
