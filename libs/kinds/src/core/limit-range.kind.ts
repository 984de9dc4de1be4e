import type { FieldError } from '#apimachinery';
import { defineKind } from '../define-kind.js';
import type { LimitRange, LimitRangeItem } from '../generated/types.js';
import { checkLimits } from './limit-range-validation.js';

/** Limits come from max, requests from limits, then from min. Models SetDefaults_LimitRangeItem (1.36). */
function applyItemDefaults(item: LimitRangeItem): void {
  if (item.type !== 'Container') return;
  item.default = { ...item.max, ...item.default };
  item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest };
  if (Object.keys(item.default).length === 0) delete item.default;
  if (Object.keys(item.defaultRequest).length === 0) delete item.defaultRequest;
}

export const limitRangeKind = defineKind<LimitRange>({
  apiVersion: 'v1',
  resource: 'limitranges',
  createOnUpdate: true,
  validate({ spec }) {
    const errors: FieldError[] = [];
    checkLimits(errors, spec?.limits ?? []);
    return errors;
  },
  applyDefaults({ spec }) {
    for (const item of spec?.limits ?? []) applyItemDefaults(item);
  },
});
