import { controllerRefOf, deepEqual, type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { checkNonNegative, IMMUTABLE } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { ControllerRevision } from '../generated/types.js';

function ownerText({ metadata }: ControllerRevision): string {
  const owner = controllerRefOf(metadata);
  if (!owner) return '<none>';
  const [group] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : [''];
  return group ? `${owner.kind.toLowerCase()}.${group}/${owner.name}` : `${owner.kind.toLowerCase()}/${owner.name}`;
}

export const controllerRevisionKind = defineKind<ControllerRevision>({
  apiVersion: 'apps/v1',
  resource: 'controllerrevisions',
  table: tableOf<ControllerRevision>([column('Controller'), column('Revision', 'integer')], (one) => [
    ownerText(one),
    one.revision,
  ]),
  validate({ data, revision }) {
    const errors: FieldError[] = [];
    if (data === undefined || data === null) errors.push(fieldError.required('data', 'data is mandatory'));
    checkNonNegative(errors, 'revision', revision);
    return errors;
  },
  validateUpdate: ({ data }, old) => (deepEqual(data, old.data) ? [] : [fieldError.invalid('data', data, IMMUTABLE)]),
});
