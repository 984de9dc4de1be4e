import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { V2HorizontalPodAutoscaler } from '../generated/types.js';
import { metricsText } from './metric-text.js';

const autoscalerColumns = [
  column('Reference'),
  column('Targets'),
  column('MinPods'),
  column('MaxPods', 'integer'),
  column('Replicas', 'integer'),
];

/** The stored version; v1 is a view of it. Models pkg/apis/autoscaling/v2 defaults (1.36). */
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
  applyDefaults({ spec }) {
    spec.minReplicas ??= 1;
    if (spec.metrics?.length) return;
    spec.metrics = [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    ];
  },
});
