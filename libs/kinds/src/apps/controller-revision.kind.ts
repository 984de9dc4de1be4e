import { controllerRefOf } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
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
});
