import { type FieldError, fieldError, isJsonObject, type Json } from '#apimachinery';
import type { OpaqueDeviceConfiguration } from '../generated/types.js';
import { checkDriverName } from './name-rules.js';

const PARAMETERS_BYTES_MAX = 10 * 1024;

/** Words for a driver, which the server does not understand. Models validateDeviceConfiguration (1.36). */
export function checkConfiguration(
  errors: FieldError[],
  at: string,
  { opaque }: { opaque?: OpaqueDeviceConfiguration },
  { stored = false }: { stored?: boolean } = {},
): void {
  if (!opaque) return void errors.push(fieldError.required(`${at}.opaque`));
  checkDriverName(errors, `${at}.opaque.driver`, opaque.driver);
  checkRawObject(errors, `${at}.opaque.parameters`, opaque.parameters, stored ? Infinity : PARAMETERS_BYTES_MAX);
}

/** Any JSON object of a bounded size. Models validateRawExtension. Differs: sizes are those of the text as it is stored. */
export function checkRawObject(
  errors: FieldError[],
  field: string,
  value: Json | undefined,
  bytesMax = PARAMETERS_BYTES_MAX,
): void {
  if (value === undefined || value === null) errors.push(fieldError.required(field));
  else if (Buffer.byteLength(JSON.stringify(value)) > bytesMax) errors.push(fieldError.tooLong(field, bytesMax));
  else if (!isJsonObject(value)) {
    errors.push(fieldError.invalid(field, '<value omitted>', 'must be a valid JSON object'));
  }
}
