import { dns1123Label, type FieldError, fieldError, validateLabels } from '#apimachinery';
import { column } from '../columns.js';
import { checkResources } from '../core/pod/resources-validation.js';
import { checkTolerations } from '../core/pod/scheduling-validation.js';
import { defineKind } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { RuntimeClass, Toleration } from '../generated/types.js';

/** The fields that tell tolerations apart. */
const keyOf = ({ key = '', operator = '', value = '', effect = '' }: Toleration) =>
  JSON.stringify([key, operator, value, effect]);

/** Models ValidateRuntimeClass (1.36). */
function runtimeClassErrors({ handler = '', overhead, scheduling }: RuntimeClass): FieldError[] {
  const errors = dns1123Label(handler).map((why) => fieldError.invalid('handler', handler, why));
  if (overhead?.podFixed) checkOverhead(errors, overhead.podFixed);
  if (!scheduling) return errors;
  errors.push(...validateLabels(scheduling.nodeSelector, 'scheduling.nodeSelector'));
  const at = 'scheduling.tolerations';
  const { tolerations = [] } = scheduling;
  checkTolerations(errors, at, tolerations);
  const seen = new Set<string>();
  for (const [i, toleration] of tolerations.entries()) {
    const key = keyOf(toleration);
    if (seen.has(key)) errors.push(fieldError.duplicate(`${at}[${i}]`, toleration));
    seen.add(key);
  }
  return errors;
}

/** What a pod takes besides its containers, by the rules of their limits; upstream names those in the paths, too. */
function checkOverhead(errors: FieldError[], podFixed: Record<string, string>): void {
  checkResources(errors, 'overhead', { limits: podFixed });
}

/** Models pkg/registry/node/runtimeclass (1.36). */
export const runtimeClassKind = defineKind<RuntimeClass>({
  apiVersion: 'node.k8s.io/v1',
  resource: 'runtimeclasses',
  table: tableOf<RuntimeClass>([column('Handler')], ({ handler }) => [handler]),
  validate: runtimeClassErrors,
  validateUpdate: ({ handler }, old) =>
    handler === old.handler ? [] : [fieldError.invalid('handler', handler ?? '', IMMUTABLE)],
});
