import { type FieldError, fieldError } from '#apimachinery';
import { checkNonNegative } from '../field-rules.js';
import type { V2HorizontalPodAutoscaler } from '../generated/types.js';
import { checkBehavior } from './behavior-validation.js';
import { checkMetrics } from './metric-validation.js';
import { checkReference, type ReferenceRules, versionError } from './reference-validation.js';

const OBJECT_RULES: ReferenceRules = { allowEmptyGroup: true, allowInvalidVersion: false };

/** What a new one, or one that replaces `old`, may say. Models validationOptionsForHorizontalPodAutoscaler (1.36). */
function rulesOf(
  { spec }: V2HorizontalPodAutoscaler,
  old: V2HorizontalPodAutoscaler | undefined,
): { minReplicas: number; target: ReferenceRules; objects: ReferenceRules } {
  const [now, before] = [spec.scaleTargetRef, old?.spec.scaleTargetRef];
  const isSame = before !== undefined && now?.kind === before.kind && now?.apiVersion === before.apiVersion;
  const wasWrong = old?.spec.metrics?.some(
    ({ type, object }) => type === 'Object' && object && versionError(object.describedObject, OBJECT_RULES),
  );
  return {
    // The gate HPAScaleToZero is off (alpha); what was let to zero may stay there.
    minReplicas: old?.spec.minReplicas === 0 ? 0 : 1,
    target: { allowEmptyGroup: !isSame && now?.kind === 'ReplicationController', allowInvalidVersion: isSame },
    objects: { ...OBJECT_RULES, allowInvalidVersion: wasWrong === true },
  };
}

/** Models validateHorizontalPodAutoscalerSpec (1.36). */
export function autoscalerErrors(
  autoscaler: V2HorizontalPodAutoscaler,
  old: V2HorizontalPodAutoscaler | undefined,
): FieldError[] {
  const errors: FieldError[] = [];
  const { minReplicas, maxReplicas = 0, scaleTargetRef, metrics, behavior } = autoscaler.spec;
  const rules = rulesOf(autoscaler, old);
  if (minReplicas !== undefined && minReplicas < rules.minReplicas) {
    const why = `must be greater than or equal to ${rules.minReplicas}`;
    errors.push(fieldError.invalid('spec.minReplicas', minReplicas, why));
  }
  if (maxReplicas < 1) errors.push(fieldError.invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    const why = 'must be greater than or equal to `minReplicas`';
    errors.push(fieldError.invalid('spec.maxReplicas', maxReplicas, why));
  }
  checkReference(errors, 'spec.scaleTargetRef', scaleTargetRef, rules.target);
  checkMetrics(errors, 'spec.metrics', metrics, { minReplicas, objects: rules.objects });
  checkBehavior(errors, 'spec.behavior', behavior);
  return errors;
}

/** Models ValidateHorizontalPodAutoscalerStatusUpdate (1.36). */
export function autoscalerStatusErrors({ status }: Pick<V2HorizontalPodAutoscaler, 'status'>): FieldError[] {
  const errors: FieldError[] = [];
  checkNonNegative(errors, 'status.currentReplicas', status?.currentReplicas);
  checkNonNegative(errors, 'status.desiredReplicas', status?.desiredReplicas);
  return errors;
}
