import { type FieldError, fieldError, parseQuantity, type Quantity, qualifiedName } from '#apimachinery';
import type { LimitRangeItem } from '../generated/types.js';
import { checkContainerResourceName, checkResourceName } from './resource-names.js';

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];
const LISTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
type ListName = (typeof LISTS)[number];

/** Models ValidateLimitRange (1.36). */
export function checkLimits(errors: FieldError[], limits: readonly LimitRangeItem[]): void {
  const types = new Set<string>();
  for (const [i, item] of limits.entries()) {
    const at = `spec.limits[${i}]`;
    checkType(errors, `${at}.type`, item.type ?? '');
    if (types.has(item.type)) errors.push(fieldError.duplicate(`${at}.type`, item.type));
    types.add(item.type);
    checkItem(errors, at, item);
  }
}

function checkType(errors: FieldError[], field: string, type: string): void {
  const wrong = qualifiedName(type);
  for (const why of wrong) errors.push(fieldError.invalid(field, type, why));
  if (wrong.length === 0 && !type.includes('/') && !TYPES.includes(type)) {
    errors.push(fieldError.invalid(field, type, 'must be a standard limit type or fully qualified'));
  }
}

function checkItem(errors: FieldError[], at: string, item: LimitRangeItem): void {
  const isPod = item.type === 'Pod';
  const names = new Set<string>();
  for (const list of LISTS) {
    const values = item[list];
    if (!values) continue;
    if (isPod && (list === 'default' || list === 'defaultRequest')) {
      if (Object.keys(values).length > 0) {
        errors.push(fieldError.forbidden(`${at}.${list}`, "may not be specified when `type` is 'Pod'"));
      }
      continue;
    }
    const check = isPod || item.type === 'Container' ? checkContainerResourceName : checkResourceName;
    for (const name of Object.keys(values)) {
      check(errors, `${at}.${list}[${name}]`, name);
      names.add(name);
    }
  }
  if (item.type === 'PersistentVolumeClaim' && !item.min?.['storage'] && !item.max?.['storage']) {
    const why = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(fieldError.required(`${at}.limits`, why));
  }
  for (const name of names) checkOrder(errors, at, name, item, isPod);
}

/** 'less' may not be above 'more': which is blamed, and how each is called. */
const ORDER: readonly [blamed: ListName, less: ListName, more: ListName, lessText: string, moreText: string][] = [
  ['min', 'min', 'max', 'min value', 'max value'],
  ['defaultRequest', 'min', 'defaultRequest', 'min value', 'default request value'],
  ['defaultRequest', 'defaultRequest', 'max', 'default request value', 'max value'],
  ['defaultRequest', 'defaultRequest', 'default', 'default request value', 'default limit value'],
  ['default', 'min', 'default', 'min value', 'default value'],
  ['default', 'default', 'max', 'default value', 'max value'],
];

function checkOrder(errors: FieldError[], at: string, name: string, item: LimitRangeItem, isPod: boolean): void {
  const valueOf = (list: ListName): Quantity | undefined => {
    if (isPod && (list === 'default' || list === 'defaultRequest')) return undefined;
    const text = item[list]?.[name];
    return text === undefined ? undefined : parseQuantity(text);
  };
  for (const [blamed, less, more, lessText, moreText] of ORDER) {
    const [low, high] = [valueOf(less), valueOf(more)];
    if (!low || !high || low.cmp(high) <= 0) continue;
    const why = `${lessText} ${low.toString()} is greater than ${moreText} ${high.toString()}`;
    errors.push(fieldError.invalid(`${at}.${blamed}[${name}]`, valueOf(blamed)!.toString(), why));
  }
  checkRatio(errors, `${at}.maxLimitRequestRatio[${name}]`, valueOf);
}

function checkRatio(errors: FieldError[], field: string, valueOf: (list: ListName) => Quantity | undefined): void {
  const ratio = valueOf('maxLimitRequestRatio');
  if (!ratio) return;
  const text = ratio.toString();
  if (ratio.milliValue() < 1000n) {
    errors.push(fieldError.invalid(field, text, `ratio ${text} is less than 1`));
  }
  const [min, max] = [valueOf('min'), valueOf('max')];
  if (!min || !max || min.milliValue() === 0n) return;
  const most = Number(max.milliValue()) / Number(min.milliValue());
  if (Number(ratio.milliValue()) / 1000 > most) {
    errors.push(fieldError.invalid(field, text, `ratio ${text} is greater than max/min = ${most.toFixed(6)}`));
  }
}
