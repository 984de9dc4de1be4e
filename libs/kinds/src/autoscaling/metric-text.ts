import { firstOnes } from '../columns.js';
import type { V2MetricSpec, V2MetricStatus, V2MetricTarget, V2MetricValueStatus } from '../generated/types.js';

const UNKNOWN = '<unknown>';

const SOURCES = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
} as const;

interface Source {
  name?: string;
  target?: V2MetricTarget;
  current?: V2MetricValueStatus;
}

function sourceOf(metric: V2MetricSpec | V2MetricStatus | undefined): Source | undefined {
  const key = SOURCES[metric?.type as keyof typeof SOURCES] as keyof V2MetricSpec | undefined;
  return key === undefined ? undefined : (metric as unknown as Record<string, Source> | undefined)?.[key];
}

function pairText(type: string, target: V2MetricTarget, now: V2MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) {
    const average = type === 'External' || type === 'Object' ? ' (avg)' : '';
    return `${now?.averageValue ?? UNKNOWN}/${target.averageValue}${average}`;
  }
  if (type.endsWith('Resource')) {
    const current = now?.averageUtilization === undefined ? UNKNOWN : `${now.averageUtilization}%`;
    return `${current}/${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
  }
  return `${now?.value ?? UNKNOWN}/${target.value ?? UNKNOWN}`;
}

const SHOWN_MAX = 2;

/** 'cpu: 10%/50%, memory: 1Gi/2Gi + 1 more...'. Models formatHPAMetrics (1.36). */
export function metricsText(specs: readonly V2MetricSpec[] = [], statuses: readonly V2MetricStatus[] = []): string {
  if (specs.length === 0) return '<none>';
  const all = specs.map((spec, i) => {
    const source = sourceOf(spec);
    if (!source?.target) return '<unknown type>';
    const text = pairText(spec.type, source.target, sourceOf(statuses[i])?.current);
    return spec.type.endsWith('Resource') ? `${source.name}: ${text}` : text;
  });
  return firstOnes(all, SHOWN_MAX, ', ');
}
