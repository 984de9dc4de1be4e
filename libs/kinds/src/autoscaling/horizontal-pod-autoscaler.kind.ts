import { defineKind, mergeStatus } from '../define-kind.js';
import type { HorizontalPodAutoscaler, V2HorizontalPodAutoscaler } from '../generated/types.js';
import { toV1, toV2 } from './autoscaler-conversion.js';
import { CPU_PERCENT_DEFAULT } from './autoscaler-defaults.js';
import { autoscalerErrors, autoscalerStatusErrors } from './autoscaler-validation.js';
import { horizontalPodAutoscalerV2Kind } from './horizontal-pod-autoscaler-v2.kind.js';

/**
 * What the stored version's default makes of an autoscaler without metrics. Not a default of this version: conversions for
 * appliers must not see it, as they do not see it upstream, where it happens when the store is read.
 */
function fillTarget(one: HorizontalPodAutoscaler): void {
  if (!toV2(one).spec.metrics?.length) one.spec.targetCPUUtilizationPercentage = CPU_PERCENT_DEFAULT;
}

/** The older shape over the store of v2, whose rules hold for it. */
export const horizontalPodAutoscalerKind = defineKind<HorizontalPodAutoscaler>({
  apiVersion: 'autoscaling/v1',
  resource: 'horizontalpodautoscalers',
  table: {
    columns: horizontalPodAutoscalerV2Kind.columns,
    row: (one, nowMs) => horizontalPodAutoscalerV2Kind.row!(toV2(one), nowMs),
  },
  applyDefaults({ spec }) {
    spec.minReplicas ??= 1;
  },
  prepareForCreate(one) {
    one.status = { currentReplicas: 0, desiredReplicas: 0 };
    fillTarget(one);
  },
  prepareForUpdate(one, old) {
    if (old.status) one.status = old.status;
    else delete one.status;
    fillTarget(one);
  },
  validateCreate: (one) => autoscalerErrors(toV2(one), undefined),
  validateUpdate: (one, old) => autoscalerErrors(toV2(one), toV2(old)),
  validateStatusUpdate: (one) => autoscalerStatusErrors(one),
  subresources: [
    {
      name: 'status',
      verbs: ['get', 'patch', 'update'],
      // In the newer shape: the annotations hold parts of the spec, which this path must not change.
      merge: (stored, body) => toV1(mergeStatus(toV2(stored), toV2(body as HorizontalPodAutoscaler))),
    },
  ],
  fromStorage: (stored) => toV1(stored as V2HorizontalPodAutoscaler),
  toStorage: toV2,
});
