import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { ResourceQuota } from '../generated/types.js';

const isLimit = (name: string) => name.startsWith('limits.') || name === 'limits';

function usedText({ status }: ResourceQuota, wanted: (name: string) => boolean): string {
  const names = Object.keys(status?.hard ?? {})
    .filter(wanted)
    .toSorted();
  return names.map((name) => `${name}: ${status?.used?.[name] ?? '0'}/${status!.hard![name]}`).join(', ');
}

export const resourceQuotaKind = defineKind<ResourceQuota>({
  apiVersion: 'v1',
  resource: 'resourcequotas',
  table: tableOf<ResourceQuota>([column('Request'), column('Limit')], (quota) => [
    usedText(quota, (name) => !isLimit(name)),
    usedText(quota, isLimit),
  ]),
});
