import type { Json, ObjectMeta } from '#apimachinery';
import type {
  HorizontalPodAutoscaler,
  V2HorizontalPodAutoscaler,
  V2HorizontalPodAutoscalerCondition,
  V2MetricSpec,
  V2MetricStatus,
} from '../generated/types.js';
import { behaviorOf, behaviorText } from './behavior-shape.js';
import { newMetric, newStatus, oldMetric, oldStatus } from './metric-shapes.js';

/** Where v1 keeps what it has no fields for. */
const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const ALL = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR];

const isCpu = (metric: V2MetricSpec | V2MetricStatus) => metric.type === 'Resource' && metric.resource?.name === 'cpu';
const isCpuTarget = (metric: V2MetricSpec) =>
  isCpu(metric) && metric.resource?.target?.averageUtilization !== undefined;
const isCpuNow = (metric: V2MetricStatus) =>
  isCpu(metric) && metric.resource?.current?.averageUtilization !== undefined;

/** v2 → v1: one number of CPU utilization, the rest in annotations. Models pkg/apis/autoscaling/v1/conversion.go (1.36). */
export function toV1(stored: V2HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const { spec, status } = stored;
  const percent = spec.metrics?.find(isCpuTarget)?.resource?.target.averageUtilization;
  const percentNow = status?.currentMetrics?.find(isCpuNow)?.resource?.current.averageUtilization;
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: withAnnotations(stored.metadata, { ...stored.metadata.annotations, ...roundTripAnnotations(stored) }),
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

/** Of the current metrics all are kept, that of the CPU too: its raw value has no other place. */
function roundTripAnnotations({ spec, status }: V2HorizontalPodAutoscaler): Record<string, string> {
  const annotations: Record<string, string> = {};
  const others = (spec.metrics ?? []).filter((metric) => !isCpuTarget(metric));
  if (others.length > 0) annotations[METRICS] = JSON.stringify(others.map(oldMetric));
  const { currentMetrics = [], conditions = [] } = status ?? {};
  if (currentMetrics.length > 0) annotations[CURRENT_METRICS] = JSON.stringify(currentMetrics.map(oldStatus));
  if (spec.behavior) annotations[BEHAVIOR] = behaviorText(spec.behavior);
  if (conditions.length > 0) annotations[CONDITIONS] = JSON.stringify(conditions);
  return annotations;
}

function withAnnotations(
  { annotations: _old, ...metadata }: ObjectMeta,
  annotations: Record<string, string>,
): ObjectMeta {
  return Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations };
}

/** Without what v1 keeps there: in v2 those annotations mean nothing and are dropped. */
export function withoutRoundTrip(metadata: ObjectMeta): ObjectMeta {
  const { annotations } = metadata;
  if (!annotations || !ALL.some((key) => Object.hasOwn(annotations, key))) return metadata;
  return withAnnotations(
    metadata,
    Object.fromEntries(Object.entries(annotations).filter(([key]) => !ALL.includes(key))),
  );
}

/** What an annotation holds; undefined: nothing, or no JSON. Users can write anything there. */
function parsed(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** undefined: no list of such things. */
function listOf<T>(text: string | undefined, read: (item: Json) => T | undefined): T[] | undefined {
  const value = parsed(text);
  if (!Array.isArray(value)) return undefined;
  const items = value.map(read);
  return items.includes(undefined) ? undefined : (items as T[]);
}

function conditionOf(item: Json): V2HorizontalPodAutoscalerCondition | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
  const text = (key: string) => (typeof item[key] === 'string' ? item[key] : undefined);
  const [lastTransitionTime, reason, message] = [text('lastTransitionTime'), text('reason'), text('message')];
  return {
    type: text('type') ?? '',
    status: text('status') ?? '',
    ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
}

function cpuTarget(averageUtilization: number): V2MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

function cpuNow(averageUtilization: number): V2MetricStatus {
  return { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } };
}

/** v1 → v2, the way back. */
export function toV2(one: HorizontalPodAutoscaler): V2HorizontalPodAutoscaler {
  const { spec, status } = one;
  const kept = one.metadata.annotations ?? {};
  const { targetCPUUtilizationPercentage: percent } = spec;
  const { currentCPUUtilizationPercentage: percentNow } = status ?? {};
  const cpu = percent === undefined ? [] : [cpuTarget(percent)];
  const metrics = [...(listOf(kept[METRICS], newMetric) ?? []), ...cpu];
  const behavior = behaviorOf(parsed(kept[BEHAVIOR]));
  const currentMetrics =
    listOf(kept[CURRENT_METRICS], newStatus) ?? (percentNow === undefined ? [] : [cpuNow(percentNow)]);
  const conditions = listOf(kept[CONDITIONS], conditionOf) ?? [];
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: withoutRoundTrip(one.metadata),
    spec: {
      maxReplicas: spec.maxReplicas,
      scaleTargetRef: spec.scaleTargetRef,
      ...(spec.minReplicas === undefined ? {} : { minReplicas: spec.minReplicas }),
      ...(metrics.length === 0 ? {} : { metrics }),
      ...(behavior === undefined ? {} : { behavior }),
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
