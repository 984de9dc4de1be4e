import type { V2HorizontalPodAutoscaler, V2HPAScalingRules } from '../generated/types.js';

export const CPU_PERCENT_DEFAULT = 80;
const PERCENT = { type: 'Percent', value: 100, periodSeconds: 15 };

const UP: V2HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, PERCENT],
};
const DOWN: V2HPAScalingRules = { selectPolicy: 'Max', policies: [PERCENT] };

function filled(rules: V2HPAScalingRules | undefined, byDefault: V2HPAScalingRules): V2HPAScalingRules {
  const { policies, ...rest } = rules ?? {};
  return { ...structuredClone(byDefault), ...rest, ...(policies ? { policies } : {}) };
}

/** One rule given makes both complete. Models pkg/apis/autoscaling/v2 defaults (1.36). */
export function applyAutoscalerDefaults({ spec }: V2HorizontalPodAutoscaler): void {
  spec.minReplicas ??= 1;
  if (!spec.metrics?.length) {
    spec.metrics = [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: CPU_PERCENT_DEFAULT } },
      },
    ];
  }
  if (!spec.behavior) return;
  spec.behavior.scaleUp = filled(spec.behavior.scaleUp, UP);
  spec.behavior.scaleDown = filled(spec.behavior.scaleDown, DOWN);
}
