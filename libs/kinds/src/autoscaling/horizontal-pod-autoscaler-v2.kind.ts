import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { V2HorizontalPodAutoscaler } from '../generated/types.js';
import { withoutRoundTrip } from './autoscaler-conversion.js';
import { applyAutoscalerDefaults } from './autoscaler-defaults.js';
import { autoscalerErrors, autoscalerStatusErrors } from './autoscaler-validation.js';
import { metricsText } from './metric-text.js';

const autoscalerColumns = [
  column('Reference'),
  column('Targets'),
  column('MinPods'),
  column('MaxPods', 'integer'),
  column('Replicas', 'integer'),
];

/** The stored version; v1 is a view of it. Models pkg/registry/autoscaling/horizontalpodautoscaler (1.36). */
export const horizontalPodAutoscalerV2Kind = defineKind<V2HorizontalPodAutoscaler>({
  apiVersion: 'autoscaling/v2',
  resource: 'horizontalpodautoscalers',
  table: tableOf<V2HorizontalPodAutoscaler>(autoscalerColumns, ({ spec, status }) => [
    `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    metricsText(spec.metrics, status?.currentMetrics),
    spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
    spec.maxReplicas,
    status?.currentReplicas ?? 0,
  ]),
  applyDefaults(one) {
    one.metadata = withoutRoundTrip(one.metadata);
    applyAutoscalerDefaults(one);
  },
  prepareForCreate(one) {
    one.status = { currentReplicas: 0, desiredReplicas: 0 };
  },
  validateCreate: (one) => autoscalerErrors(one, undefined),
  validateUpdate: autoscalerErrors,
  validateStatusUpdate: (one) => autoscalerStatusErrors(one),
});
