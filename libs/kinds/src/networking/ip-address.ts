import { deepEqual, dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { column, nameColumn } from '../columns.js';
import type { KindSource } from '../define-kind.js';
import { checkForm, checkName, IMMUTABLE, IP_MESSAGE } from '../field-rules.js';
import type { IPAddress, ParentReference } from '../generated/types.js';
import { canonicalIp, isIp } from '../ip-text.js';
import { pathSegmentName } from '../path-rules.js';

/** Models ValidateIPAddress and printIPAddress (1.36), which shows no age; the versions differ in name only. */
export const ipAddressRules: Omit<KindSource<IPAddress>, 'apiVersion'> = {
  resource: 'ipaddresses',
  table: {
    columns: [nameColumn, column('ParentRef')],
    row: ({ metadata, spec }) => [metadata.name ?? '', parentText(spec?.parentRef)],
  },
  validateName: nameErrors,
  validate: ({ spec }) => {
    const errors: FieldError[] = [];
    checkParent(errors, 'spec.parentRef', spec?.parentRef);
    return errors;
  },
  validateUpdate: ({ spec }, old) =>
    deepEqual(spec?.parentRef, old.spec?.parentRef)
      ? []
      : [fieldError.invalid('spec.parentRef', spec?.parentRef ?? null, IMMUTABLE)],
};

/** The name is the address, written in the one way that all write it. */
function nameErrors(name: string): string[] {
  if (!isIp(name)) return [IP_MESSAGE];
  const canonical = canonicalIp(name);
  return canonical === name ? [] : [`must be in canonical form ("${canonical}")`];
}

/** 'services/default/web' */
function parentText(parent: ParentReference | undefined): string {
  if (!parent) return '<none>';
  const { group, resource, namespace, name } = parent;
  const kind = (group ? `${resource}.${group}` : resource).toLowerCase();
  return [kind, ...(namespace ? [namespace] : []), name].join('/');
}

function checkParent(errors: FieldError[], at: string, parent: ParentReference | undefined): void {
  if (!parent) {
    errors.push(fieldError.required(at));
    return;
  }
  checkForm(errors, `${at}.group`, parent.group, dns1123Subdomain);
  checkName(errors, `${at}.resource`, parent.resource, pathSegmentName);
  checkName(errors, `${at}.name`, parent.name, pathSegmentName);
  checkForm(errors, `${at}.namespace`, parent.namespace, pathSegmentName);
}
