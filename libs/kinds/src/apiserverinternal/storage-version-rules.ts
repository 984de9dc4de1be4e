import { dns1035Label, dns1123Subdomain, type FieldError, fieldError, formMessage, qualifiedName } from '#apimachinery';
import type {
  V1alpha1ServerStorageVersion,
  V1alpha1StorageVersionCondition,
  V1alpha1StorageVersionStatus,
} from '../generated/types.js';

/** Models pkg/apis/apiserverinternal/validation (1.36). */

/** 'apps.deployments': the core group is 'core'. */
export function storageVersionName(name: string): string[] {
  const dot = name.lastIndexOf('.');
  if (dot === -1) return ['name must be in the form of <group>.<resource>'];
  return [
    ...dns1123Subdomain(name.slice(0, dot)).map((why) => `the group segment ${why}`),
    ...dns1035Label(name.slice(dot + 1)).map((why) => `the resource segment ${why}`),
  ];
}

export function storageVersionStatusErrors(status: V1alpha1StorageVersionStatus = {}): FieldError[] {
  const errors: FieldError[] = [];
  const { storageVersions = [], conditions = [] } = status;
  for (const [i, one] of storageVersions.entries()) checkServer(errors, `status.storageVersions[${i}]`, one);
  checkCommon(errors, storageVersions, status.commonEncodingVersion);
  checkConditions(errors, conditions);
  return errors;
}

function checkServer(
  errors: FieldError[],
  at: string,
  { apiServerID = '', encodingVersion = '', decodableVersions = [] }: V1alpha1ServerStorageVersion,
): void {
  for (const why of dns1123Subdomain(apiServerID)) {
    errors.push(fieldError.invalid(`${at}.apiServerID`, apiServerID, why));
  }
  checkVersion(errors, `${at}.encodingVersion`, encodingVersion);
  for (const [i, version] of decodableVersions.entries()) {
    checkVersion(errors, `${at}.decodableVersions[${i}]`, version);
  }
  if (decodableVersions.includes(encodingVersion)) return;
  const why = `decodableVersions must include encodingVersion ${encodingVersion}`;
  errors.push(fieldError.invalid(`${at}.decodableVersions`, decodableVersions, why));
}

const VERSION_MESSAGE = formMessage(
  "a DNS-1035 label, which must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  'my-name',
  'abc-123',
);
const EMPTY = 'must be non-empty';

/** 'v1', 'apps/v1'. Models isValidAPIVersion. */
function checkVersion(errors: FieldError[], field: string, text: string): void {
  const parts = text.split('/');
  const wrong: string[] = [];
  if (parts.length > 2) {
    wrong.push(
      `an apiVersion is ${VERSION_MESSAGE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyVersion')`,
    );
  } else {
    const version = parts.at(-1)!;
    const part = (name: string, value: string, rule: (value: string) => string[]) => {
      for (const why of value === '' ? [EMPTY] : rule(value)) wrong.push(`${name} part: ${why}`);
    };
    if (parts.length === 2) part('group', parts[0]!, dns1123Subdomain);
    part('version', version, dns1035Label);
  }
  if (wrong.length > 0) errors.push(fieldError.invalid(field, text, wrong.join(',')));
}

/** What all servers write in, if they agree. */
function checkCommon(
  errors: FieldError[],
  servers: readonly V1alpha1ServerStorageVersion[],
  told: string | undefined,
): void {
  const [first] = servers;
  const actual = servers.every((one) => one.encodingVersion === first?.encodingVersion)
    ? first?.encodingVersion
    : undefined;
  if (actual === told) return;
  const wrong = (why: string) => errors.push(fieldError.invalid('status.commonEncodingVersion', told ?? null, why));
  if (actual === undefined) {
    wrong(
      'should be nil if servers do not agree on the same encoding version, or if there is no server reporting the supported versions yet',
    );
  } else if (told === undefined) wrong(`the common encoding version is ${actual}`);
  else wrong(`the actual common encoding version is ${actual}`);
}

/** Errors speak of status[0] and show the type where the status is wrong, as upstream's do. */
function checkConditions(errors: FieldError[], conditions: readonly V1alpha1StorageVersionCondition[]): void {
  const places = new Map<string, number>();
  for (const [i, { type = '', status = '', reason = '', message = '' }] of conditions.entries()) {
    const at = `status[${i}]`;
    const before = places.get(type);
    if (before !== undefined) {
      const why = `the type of the condition is not unique, it also appears in conditions[${before}]`;
      errors.push(fieldError.invalid(`${at}.type`, type, why));
    }
    places.set(type, i);
    for (const why of qualifiedName(type)) errors.push(fieldError.invalid(`${at}.type`, type, why));
    for (const why of qualifiedName(status)) errors.push(fieldError.invalid(`${at}.status`, type, why));
    if (reason === '') errors.push(fieldError.required(`${at}.reason`, 'reason cannot be empty'));
    if (message === '') errors.push(fieldError.required(`${at}.message`, 'message cannot be empty'));
  }
}
