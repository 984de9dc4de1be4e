import { deepEqual, type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { ResourceQuota } from '../generated/types.js';
import { checkQuotaList, checkScopes, checkScopeSelector } from './quota-validation.js';

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
  validate({ spec = {} }) {
    const errors: FieldError[] = [];
    checkQuotaList(errors, 'spec.hard', spec.hard);
    if (spec.scopes?.length) checkScopes(errors, spec);
    if (spec.scopeSelector) checkScopeSelector(errors, spec);
    return errors;
  },
  validateUpdate({ spec }, old) {
    const [now, before] = [spec?.scopes ?? [], old.spec?.scopes ?? []].map((scopes) => [...new Set(scopes)].toSorted());
    return deepEqual(now, before) ? [] : [fieldError.invalid('spec.scopes', spec?.scopes ?? [], IMMUTABLE)];
  },
  validateStatusUpdate({ status }) {
    const errors: FieldError[] = [];
    checkQuotaList(errors, 'status.hard', status?.hard);
    checkQuotaList(errors, 'status.used', status?.used);
    return errors;
  },
});
