import { type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import type { KindSource } from '../define-kind.js';
import { configMapKey, IMMUTABLE } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { V1beta1LeaseCandidate } from '../generated/types.js';
import { checkStrategy, OLDEST_EMULATION_VERSION } from './lease-strategy.js';

const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-.]+)?(\+[0-9A-Za-z-.]+)?$/;

/** Models ValidateLeaseCandidate and its printer (1.36); the versions differ in name only. */
export const leaseCandidateRules: Omit<KindSource<V1beta1LeaseCandidate>, 'apiVersion'> = {
  resource: 'leasecandidates',
  createOnUpdate: true,
  table: tableOf<V1beta1LeaseCandidate>(
    [column('LeaseName'), column('BinaryVersion'), column('EmulationVersion')],
    ({ spec }) => [spec?.leaseName ?? '', spec?.binaryVersion ?? '', spec?.emulationVersion ?? ''],
  ),
  validateName: configMapKey,
  validate({ spec }) {
    const errors: FieldError[] = [];
    const { leaseName, binaryVersion, emulationVersion, strategy } = spec ?? {};
    if (!leaseName) errors.push(fieldError.required('spec.leaseName'));
    const emulated = versionOf(errors, 'spec.emulationVersion', emulationVersion);
    if (!binaryVersion) errors.push(fieldError.required('spec.binaryVersion'));
    const binary = versionOf(errors, 'spec.binaryVersion', binaryVersion);
    if (binaryVersion && emulationVersion && isLess(binary, emulated)) {
      const why = 'must be greater than or equal to `emulationVersion`';
      errors.push(fieldError.invalid('spec.binaryVersion', binaryVersion, why));
    }
    if (!strategy) {
      errors.push(fieldError.required('spec.strategy'));
      return errors;
    }
    if (strategy === OLDEST_EMULATION_VERSION && emulated.every((part) => part === 0)) {
      const why = "must be specified when `strategy` is 'OldestEmulationVersion'";
      errors.push(fieldError.required('spec.emulationVersion', why));
    }
    checkStrategy(errors, 'spec.strategy', strategy);
    return errors;
  },
  validateUpdate: ({ spec }, old) =>
    spec?.leaseName === old.spec?.leaseName
      ? []
      : [fieldError.invalid('spec.leaseName', spec?.leaseName ?? '', IMMUTABLE)],
};

/** Major, minor, patch; zeros where there is none. Differs: pre-releases are not told apart, versions of servers have none. */
function versionOf(errors: FieldError[], at: string, text: string | undefined): number[] {
  if (!text) return [0, 0, 0];
  const match = SEMVER.exec(text);
  if (!match) errors.push(fieldError.invalid(at, text, 'must be a valid semantic version'));
  return match ? match.slice(1, 4).map(Number) : [0, 0, 0];
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const differing = a.findIndex((part, i) => part !== b[i]);
  return differing >= 0 && a[differing]! < b[differing]!;
}
