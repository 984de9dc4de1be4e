import { type FieldError, fieldError } from '#apimachinery';
import { ageColumn, ageOf, column, nameColumn } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { checkOneOf, IMMUTABLE } from '../field-rules.js';
import type { PriorityClass } from '../generated/types.js';

/** Higher values are the system's own. */
const USER_VALUE_MAX = 1_000_000_000;
const SYSTEM_PREFIX = 'system-';
const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** Models pkg/registry/scheduling/priorityclass and ValidatePriorityClass (1.36). */
export const priorityClassKind = defineKind<PriorityClass>({
  apiVersion: 'scheduling.k8s.io/v1',
  resource: 'priorityclasses',
  generation: true,
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
    one.preemptionPolicy ||= 'PreemptLowerPriority';
  },
  validate({ metadata: { name = '' }, value = 0, preemptionPolicy }) {
    const errors: FieldError[] = [];
    if (name.startsWith(SYSTEM_PREFIX)) {
      if (SYSTEM_CLASSES[name] !== value) {
        const why = "priority class names with 'system-' prefix are reserved for system use only. error: ";
        const known = Object.hasOwn(SYSTEM_CLASSES, name)
          ? `value of system class ${name} must be ${SYSTEM_CLASSES[name]}`
          : `${name} is not a known system priority class`;
        errors.push(fieldError.forbidden('metadata.name', why + known));
      }
    } else if (value > USER_VALUE_MAX) {
      const why = `maximum allowed value of a user defined priority is ${USER_VALUE_MAX}`;
      errors.push(fieldError.forbidden('value', why));
    }
    checkOneOf(errors, 'preemptionPolicy', preemptionPolicy, ['Never', 'PreemptLowerPriority']);
    return errors;
  },
  validateUpdate: ({ value, preemptionPolicy }, old) => [
    ...(value === old.value ? [] : [fieldError.forbidden('value', 'may not be changed in an update.')]),
    ...(preemptionPolicy === old.preemptionPolicy
      ? []
      : [fieldError.invalid('preemptionPolicy', preemptionPolicy, IMMUTABLE)]),
  ],
});
