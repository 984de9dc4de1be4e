import { type FieldError, fieldError } from '#apimachinery';
import { ageColumn, ageOf, column, nameColumn } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { checkRequiredOneOf, IMMUTABLE } from '../field-rules.js';
import type { PriorityClass } from '../generated/types.js';

/** Higher values are the system's own. */
const USER_VALUE_MAX = 1_000_000_000;
const SYSTEM_PREFIX = 'system-';
const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** undefined: it is one of them. Models IsKnownSystemPriorityClass (1.36). */
function systemClassError(name: string, value: number, globalDefault: boolean): string | undefined {
  if (!Object.hasOwn(SYSTEM_CLASSES, name)) return `${name} is not a known system priority class`;
  if (value !== SYSTEM_CLASSES[name]) return `value of ${name} PriorityClass must be ${SYSTEM_CLASSES[name]}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

/** Models pkg/registry/scheduling/priorityclass and ValidatePriorityClass (1.36). */
export const priorityClassKind = defineKind<PriorityClass>({
  apiVersion: 'scheduling.k8s.io/v1',
  resource: 'priorityclasses',
  table: {
    columns: [
      nameColumn,
      column('Value', 'integer'),
      column('Global-Default', 'boolean'),
      ageColumn,
      column('PreemptionPolicy'),
    ],
    row: (one, nowMs) => [
      one.metadata.name ?? '',
      one.value ?? 0,
      one.globalDefault ?? false,
      ageOf(one, nowMs),
      one.preemptionPolicy ?? '',
    ],
  },
  applyDefaults(one) {
    one.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  /** Counted once: what may change later does not count. */
  prepareForCreate(one) {
    one.metadata.generation = 1;
  },
  validateCreate({ metadata: { name = '' }, value = 0, preemptionPolicy, globalDefault = false }) {
    const errors: FieldError[] = [];
    if (name.startsWith(SYSTEM_PREFIX)) {
      const wrong = systemClassError(name, value, globalDefault);
      if (wrong) {
        const why = "priority class names with 'system-' prefix are reserved for system use only. error: ";
        errors.push(fieldError.forbidden('metadata.name', why + wrong));
      }
    } else if (value > USER_VALUE_MAX) {
      const why = `maximum allowed value of a user defined priority is ${USER_VALUE_MAX}`;
      errors.push(fieldError.forbidden('value', why));
    }
    checkRequiredOneOf(errors, 'preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never']);
    return errors;
  },
  validateUpdate: ({ value = 0, preemptionPolicy }, old) => [
    ...(value === (old.value ?? 0) ? [] : [fieldError.forbidden('value', 'may not be changed in an update.')]),
    ...(preemptionPolicy === old.preemptionPolicy
      ? []
      : [fieldError.invalid('preemptionPolicy', preemptionPolicy, IMMUTABLE)]),
  ],
});
