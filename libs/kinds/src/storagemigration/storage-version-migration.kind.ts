import {
  type Condition,
  deepEqual,
  dns1035Label,
  dns1123Subdomain,
  type FieldError,
  fieldError,
  isConditionTrue,
} from '#apimachinery';
import { column, nameColumn } from '../columns.js';
import { checkConditions } from '../condition-rules.js';
import { defineKind, statusAlone } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import type { V1beta1StorageVersionMigration } from '../generated/types.js';

type Migration = V1beta1StorageVersionMigration;

/** Models ValidateStorageVersionMigration (1.36). */
function specErrors({ spec }: Migration): FieldError[] {
  const errors: FieldError[] = [];
  const { resource = '', group = '' } = spec?.resource ?? {};
  const check = (name: string, value: string, wrong: readonly string[]) => {
    if (wrong.length > 0) errors.push(fieldError.invalid(`spec.resource.${name}`, value, wrong.join(',')));
  };
  if (resource === '') errors.push(fieldError.required('spec.resource.resource', 'resource is required to be set'));
  else check('resource', resource, dns1035Label(resource));
  if (group !== '') check('group', group, dns1123Subdomain(group));
  return errors;
}

const REVISION = /^[1-9][0-9]*$/;

/** Models ValidateStorageVersionMigrationStatusUpdate (1.36). */
function statusErrors({ status = {} }: Migration, { status: before = {} }: Migration): FieldError[] {
  const errors: FieldError[] = [];
  const { resourceVersion = '', conditions = [] } = status;
  const at = 'status.resourceVersion';
  if (!REVISION.test(resourceVersion)) {
    const why = `resource version is not well formed: ${resourceVersion}`;
    errors.push(fieldError.invalid(at, resourceVersion, why));
  }
  checkConditions(errors, 'status.conditions', conditions);
  if (before.resourceVersion && before.resourceVersion !== resourceVersion) {
    errors.push(fieldError.invalid(at, resourceVersion, IMMUTABLE));
  }
  return [...errors, ...conditionErrors(conditions, before.conditions ?? [])];
}

/** A migration ends once, in one way, and does not run after. */
function conditionErrors(conditions: Condition[], before: Condition[]): FieldError[] {
  const is = (type: string) => isConditionTrue(conditions, type);
  const was = (type: string) => isConditionTrue(before, type);
  const wrong: readonly [boolean, string][] = [
    [is('Succeeded') && is('Failed'), 'Both success and failed conditions cannot be true at the same time'],
    [is('Succeeded') && is('Running'), 'Running condition cannot be true when success condition is true'],
    [is('Failed') && is('Running'), 'Running condition cannot be true when failed condition is true'],
    [was('Succeeded') && !is('Succeeded'), 'Success condition cannot be set to false once it is true'],
    [was('Failed') && !is('Failed'), 'Failed condition cannot be set to false once it is true'],
  ];
  return wrong
    .filter(([isWrong]) => isWrong)
    .map(([, why]) => fieldError.invalid('status.conditions', conditions, why));
}

/** Models pkg/registry/storagemigration and printStorageVersionMigration (1.36), which gives no age. */
export const storageVersionMigrationKind = defineKind<Migration>({
  apiVersion: 'storagemigration.k8s.io/v1beta1',
  resource: 'storageversionmigrations',
  unconditionalUpdate: false,
  table: {
    columns: [nameColumn, column('Resource')],
    row: ({ metadata, spec }) => [metadata.name ?? '', resourceText(spec?.resource)],
  },
  validateCreate: specErrors,
  validateUpdate: (migration, old) => [
    ...specErrors(migration),
    ...(deepEqual(migration.spec ?? {}, old.spec ?? {}) ? [] : [fieldError.invalid('spec', migration.spec, IMMUTABLE)]),
  ],
  validateStatusUpdate: statusErrors,
  subresources: [statusAlone<Migration>()],
});

/** 'deployments.apps' */
function resourceText(resource: { group?: string; resource: string } | undefined): string {
  if (!resource) return '';
  return resource.group ? `${resource.resource}.${resource.group}` : resource.resource;
}
