import { deepEqual, type FieldError, fieldError, qualifiedName } from '#apimachinery';
import { checkName } from '../field-rules.js';
import type { TopologySelectorTerm } from '../generated/types.js';

/** Rules that StorageClass and VolumeAttributesClass share. Models pkg/apis/storage/validation (1.36). */

const PARAMETERS_MAX = 512;
const PARAMETERS_BYTES_MAX = 256 * 1024;

type Parameters = Readonly<Record<string, string>> | undefined;

/** A driver's name. Models validateProvisioner. */
export function checkProvisioner(errors: FieldError[], field: string, name: string | undefined): void {
  checkName(errors, field, name, (text) => qualifiedName(text.toLowerCase()));
}

/** Models validateParameters. */
export function checkParameters(errors: FieldError[], parameters: Parameters, mayBeEmpty: boolean): void {
  const entries = Object.entries(parameters ?? {});
  if (entries.length > PARAMETERS_MAX) {
    errors.push(fieldError.tooLong('parameters', PARAMETERS_MAX));
    return;
  }
  let bytes = 0;
  for (const [key, value] of entries) {
    if (key === '') errors.push(fieldError.invalid('parameters', key, 'field can not be empty.'));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > PARAMETERS_BYTES_MAX) errors.push(fieldError.tooLong('parameters', PARAMETERS_BYTES_MAX));
  if (!mayBeEmpty && entries.length === 0) {
    errors.push(fieldError.required('parameters', 'must contain at least one key/value pair'));
  }
}

/** `now` must be as it was. */
export function checkKept(errors: FieldError[], field: string, now: unknown, before: unknown): void {
  if (deepEqual(now ?? null, before ?? null)) return;
  errors.push(fieldError.forbidden(field, `updates to ${field} are forbidden.`));
}

/** Models validateAllowedTopologies. Differs: a repeated term is said once, not once for each that it repeats. */
export function checkTopologies(errors: FieldError[], terms: readonly TopologySelectorTerm[] = []): void {
  const seen = new Set<string>();
  for (const [i, term] of terms.entries()) {
    const at = `allowedTopologies[${i}].matchLabelExpressions`;
    const key = checkTerm(errors, at, term);
    // Upstream compares with unset places of its list, too, so that a term without expressions is never the first.
    if (seen.has(key) || key === '[]') errors.push(fieldError.duplicate(at, ''));
    seen.add(key);
  }
}

/** Answers what it says, in a form to compare. Models ValidateTopologySelectorTerm. */
function checkTerm(errors: FieldError[], at: string, { matchLabelExpressions = [] }: TopologySelectorTerm): string {
  const valuesByKey = new Map<string, string[]>();
  for (const [i, { key = '', values = [] }] of matchLabelExpressions.entries()) {
    const field = `${at}[${i}]`;
    if (values.length === 0) errors.push(fieldError.required(`${field}.values`));
    const known = new Set<string>();
    for (const [j, value] of values.entries()) {
      if (known.has(value)) errors.push(fieldError.duplicate(`${field}.values[${j}]`, value));
      known.add(value);
    }
    for (const why of qualifiedName(key)) errors.push(fieldError.invalid(`${field}.key`, key, why));
    if (valuesByKey.has(key)) errors.push(fieldError.duplicate(`${field}.key`, key));
    valuesByKey.set(key, [...known].toSorted());
  }
  return JSON.stringify([...valuesByKey].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
