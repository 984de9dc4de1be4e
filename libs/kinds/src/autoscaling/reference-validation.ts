import { type FieldError, fieldError } from '#apimachinery';
import { checkName } from '../field-rules.js';
import type { V2CrossVersionObjectReference } from '../generated/types.js';
import { pathSegmentName } from '../path-rules.js';

/** How strict a reference to a version is: objects that were wrong before may stay so. */
export interface ReferenceRules {
  readonly allowEmptyGroup: boolean;
  readonly allowInvalidVersion: boolean;
}

/** undefined: fine. Models ValidateAPIVersion of pkg/apis/autoscaling/validation (1.36). */
export function versionError(
  { apiVersion = '' }: V2CrossVersionObjectReference,
  rules: ReferenceRules,
): string | undefined {
  if (rules.allowInvalidVersion) return undefined;
  const parts = apiVersion === '/' ? [''] : apiVersion.split('/');
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`;
  const group = parts.length === 2 ? parts[0] : '';
  return !rules.allowEmptyGroup && group === '' ? 'apiVersion must specify API group' : undefined;
}

/** Models ValidateCrossVersionObjectReference (1.36). */
export function checkReference(
  errors: FieldError[],
  at: string,
  reference: Partial<V2CrossVersionObjectReference> = {},
  rules: ReferenceRules,
): void {
  checkName(errors, `${at}.kind`, reference.kind, pathSegmentName);
  checkName(errors, `${at}.name`, reference.name, pathSegmentName);
  const wrong = versionError(reference as V2CrossVersionObjectReference, rules);
  if (wrong) errors.push(fieldError.invalid(`${at}.apiVersion`, reference.apiVersion ?? '', wrong));
}
