import type { Json, ObjectMeta } from '#apimachinery';
import type {
  HorizontalPodAutoscaler,
  V2HorizontalPodAutoscaler,
  V2HorizontalPodAutoscalerCondition,
  V2MetricSpec,
  V2MetricStatus,
} from '../generated/types.js';

/** Where v1 keeps what it has no fields for. */
const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const ALL = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR];

const isCpu = (metric: V2MetricSpec | V2MetricStatus) => metric.type === 'Resource' && metric.resource?.name === 'cpu';

function cpuTarget(metrics: readonly V2MetricSpec[] = []): V2MetricSpec | undefined {
  return metrics.find((metric) => isCpu(metric) && metric.resource?.target.averageUtilization !== undefined);
}

function put(annotations: Record<string, string>, key: string, value: unknown): void {
  const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
  if (!isEmpty) annotations[key] = JSON.stringify(value);
}

/** v2 → v1: one number of CPU utilization, the rest in annotations. Models pkg/apis/autoscaling/v1/conversion.go (1.36). */
export function toV1(stored: V2HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const { spec, status } = stored;
  const cpu = cpuTarget(spec.metrics);
  const percent = cpu?.resource?.target.averageUtilization;
  const cpuNow = status?.currentMetrics?.find(isCpu);
  const percentNow = cpuNow?.resource?.current.averageUtilization;
  const annotations: Record<string, string> = { ...stored.metadata.annotations };
  put(
    annotations,
    METRICS,
    spec.metrics?.filter((metric) => metric !== cpu),
  );
  put(
    annotations,
    CURRENT_METRICS,
    status?.currentMetrics?.filter((metric) => metric !== cpuNow),
  );
  put(annotations, CONDITIONS, status?.conditions);
  put(annotations, BEHAVIOR, spec.behavior);
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: withAnnotations(stored.metadata, annotations),
    spec: {
      maxReplicas: spec.maxReplicas,
      scaleTargetRef: spec.scaleTargetRef,
      ...(spec.minReplicas === undefined ? {} : { minReplicas: spec.minReplicas }),
      ...(percent === undefined ? {} : { targetCPUUtilizationPercentage: percent }),
    },
    status: {
      currentReplicas: status?.currentReplicas ?? 0,
      desiredReplicas: status?.desiredReplicas ?? 0,
      ...(percentNow === undefined ? {} : { currentCPUUtilizationPercentage: percentNow }),
      ...(status?.lastScaleTime === undefined ? {} : { lastScaleTime: status.lastScaleTime }),
      ...(status?.observedGeneration === undefined ? {} : { observedGeneration: status.observedGeneration }),
    },
  };
}

function withAnnotations(
  { annotations: _old, ...metadata }: ObjectMeta,
  annotations: Record<string, string>,
): ObjectMeta {
  return Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations };
}

/** What an annotation holds, when it is JSON of the wanted form; users can write anything there. */
function parsed<T extends Json[] | { [key: string]: Json }>(text: string | undefined, isList: boolean): T | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null && Array.isArray(value) === isList ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

function listOf<T>(text: string | undefined): T[] {
  return (parsed<Json[]>(text, true) ?? []) as unknown as T[];
}

/** v1 → v2, the way back. */
export function toV2(one: HorizontalPodAutoscaler): V2HorizontalPodAutoscaler {
  const { spec, status } = one;
  const kept = one.metadata.annotations ?? {};
  const annotations = Object.fromEntries(Object.entries(kept).filter(([key]) => !ALL.includes(key)));
  const percent = spec.targetCPUUtilizationPercentage;
  const cpu: V2MetricSpec[] =
    percent === undefined
      ? []
      : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } } }];
  const metrics = [...listOf<V2MetricSpec>(kept[METRICS]), ...cpu];
  const behavior = parsed<{ [key: string]: Json }>(kept[BEHAVIOR], false);
  const percentNow = status?.currentCPUUtilizationPercentage;
  const cpuNow: V2MetricStatus[] =
    percentNow === undefined
      ? []
      : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: percentNow } } }];
  const currentMetrics = [...listOf<V2MetricStatus>(kept[CURRENT_METRICS]), ...cpuNow];
  const conditions = listOf<V2HorizontalPodAutoscalerCondition>(kept[CONDITIONS]);
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: withAnnotations(one.metadata, annotations),
    spec: {
      maxReplicas: spec.maxReplicas,
      scaleTargetRef: spec.scaleTargetRef,
      ...(spec.minReplicas === undefined ? {} : { minReplicas: spec.minReplicas }),
      ...(metrics.length === 0 ? {} : { metrics }),
      ...(behavior === undefined
        ? {}
        : { behavior: behavior as NonNullable<V2HorizontalPodAutoscaler['spec']['behavior']> }),
    },
    status: {
      currentReplicas: status?.currentReplicas ?? 0,
      desiredReplicas: status?.desiredReplicas ?? 0,
      ...(status?.lastScaleTime === undefined ? {} : { lastScaleTime: status.lastScaleTime }),
      ...(status?.observedGeneration === undefined ? {} : { observedGeneration: status.observedGeneration }),
      ...(currentMetrics.length === 0 ? {} : { currentMetrics }),
      ...(conditions.length === 0 ? {} : { conditions }),
    },
  };
}
