import { defineKind } from '../define-kind.js';
import type { HorizontalPodAutoscaler, V2HorizontalPodAutoscaler } from '../generated/types.js';
import { toV1, toV2 } from './autoscaler-conversion.js';
import { horizontalPodAutoscalerV2Kind } from './horizontal-pod-autoscaler-v2.kind.js';

/** The older shape over the store of v2. */
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
  fromStorage: (stored) => toV1(stored as V2HorizontalPodAutoscaler),
  toStorage: toV2,
});
