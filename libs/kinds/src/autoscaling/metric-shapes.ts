import type {
  V2CrossVersionObjectReference,
  V2MetricIdentifier,
  V2MetricSpec,
  V2MetricStatus,
  V2MetricTarget,
  V2MetricValueStatus,
} from '../generated/types.js';

/**
 * Metrics in the flat shape of v1, which its annotations hold, and back. Models pkg/apis/autoscaling/v1 conversions (1.36).
 * An old metric is read leniently: what is not of the wanted type is left to the rules of the new shape.
 */
export type OldMetric = Record<string, unknown> & { type: string };

const FIELDS = ['object', 'pods', 'resource', 'containerResource', 'external'] as const;
type Field = (typeof FIELDS)[number];

interface Source {
  readonly describedObject?: V2CrossVersionObjectReference;
  readonly metric?: V2MetricIdentifier;
  readonly name?: string;
  readonly container?: string;
  readonly target?: Partial<V2MetricTarget>;
  readonly current?: V2MetricValueStatus;
}

const ZERO = '0';

/** Fields without a value are left out, as Go's omitempty does. */
function compact<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

function oldTarget(field: Field, source: Source): object {
  const { describedObject, metric, name, container, target = {} } = source;
  const selector = metric?.selector;
  const resource = {
    name,
    targetAverageUtilization: target.averageUtilization,
    targetAverageValue: target.averageValue,
  };
  switch (field) {
    case 'object': {
      const { value: targetValue = ZERO, averageValue } = target;
      return compact({ target: describedObject, metricName: metric?.name, targetValue, selector, averageValue });
    }
    case 'pods':
      return compact({ metricName: metric?.name, targetAverageValue: target.averageValue ?? ZERO, selector });
    case 'resource':
      return compact(resource);
    case 'containerResource':
      return compact({ ...resource, container });
    case 'external': {
      const { value: targetValue, averageValue: targetAverageValue } = target;
      return compact({ metricName: metric?.name, metricSelector: selector, targetValue, targetAverageValue });
    }
  }
}

function oldCurrent(field: Field, source: Source): object {
  const { describedObject, metric, name, container, current = {} } = source;
  const selector = metric?.selector;
  const { averageUtilization, averageValue, value: currentValue = ZERO } = current;
  const resource = {
    name,
    currentAverageUtilization: averageUtilization,
    currentAverageValue: averageValue ?? ZERO,
  };
  switch (field) {
    case 'object':
      return compact({ target: describedObject, metricName: metric?.name, currentValue, selector, averageValue });
    case 'pods':
      return compact({ metricName: metric?.name, currentAverageValue: averageValue ?? ZERO, selector });
    case 'resource':
      return compact(resource);
    case 'containerResource':
      return compact({ ...resource, container });
    case 'external':
      return compact({
        metricName: metric?.name,
        metricSelector: selector,
        currentValue,
        currentAverageValue: averageValue,
      });
  }
}

export function oldMetric(metric: V2MetricSpec): OldMetric {
  return flattened(metric, oldTarget);
}

export function oldStatus(status: V2MetricStatus): OldMetric {
  return flattened(status, oldCurrent);
}

function flattened(
  metric: { readonly type: string } & { readonly [field in Field]?: Source },
  flat: (field: Field, source: Source) => object,
): OldMetric {
  const old: OldMetric = { type: metric.type };
  for (const field of FIELDS) {
    const source = metric[field];
    if (source) old[field] = flat(field, source);
  }
  return old;
}

type Flat = Readonly<Record<string, unknown>>;

function flatOf(value: unknown): Flat | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Flat) : undefined;
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const quantity = (value: unknown) => (typeof value === 'number' ? String(value) : text(value));
const count = (value: unknown) => (typeof value === 'number' ? value : undefined);

/** Differs: a targetValue of zero beside an average is no value; upstream takes it for one and then refuses it. */
function newTarget(field: Field, flat: Flat): V2MetricTarget {
  const averageUtilization = count(flat['targetAverageUtilization']);
  const isObject = field === 'object';
  const averageValue = quantity(flat[isObject ? 'averageValue' : 'targetAverageValue']);
  const value = quantity(flat['targetValue']);
  if (field === 'pods') return compact({ type: 'AverageValue', averageValue: averageValue ?? ZERO });
  if (isObject) {
    if (averageValue === undefined) return { type: 'Value', value: value ?? ZERO };
    return compact({ type: 'AverageValue', value: value === ZERO ? undefined : value, averageValue }) as V2MetricTarget;
  }
  if (field === 'external') {
    const type = value === undefined ? 'AverageValue' : 'Value';
    return compact({ type, value, averageValue }) as V2MetricTarget;
  }
  const type = averageUtilization === undefined ? 'AverageValue' : 'Utilization';
  return compact({ type, averageUtilization, averageValue }) as V2MetricTarget;
}

function newSource(field: Field, flat: Flat): object {
  if (field === 'resource') return { name: text(flat['name']) ?? '' };
  if (field === 'containerResource') {
    return { name: text(flat['name']) ?? '', container: text(flat['container']) ?? '' };
  }
  const selector = flatOf(flat[field === 'external' ? 'metricSelector' : 'selector']);
  const metric = compact({ name: text(flat['metricName']) ?? '', selector });
  if (field !== 'object') return { metric };
  const about = flatOf(flat['target']) ?? {};
  const describedObject = compact({
    kind: text(about['kind']) ?? '',
    name: text(about['name']) ?? '',
    apiVersion: text(about['apiVersion']),
  });
  return { describedObject, metric };
}

function newCurrent(field: Field, flat: Flat): V2MetricValueStatus {
  const averageUtilization = count(flat['currentAverageUtilization']);
  const averageValue = quantity(flat[field === 'object' ? 'averageValue' : 'currentAverageValue']);
  const value = field === 'object' || field === 'external' ? (quantity(flat['currentValue']) ?? ZERO) : undefined;
  return compact({ averageUtilization, averageValue, value }) as V2MetricValueStatus;
}

/** Of whatever an annotation holds; undefined: not a metric at all. */
export function newMetric(value: unknown): V2MetricSpec | undefined {
  return made(value, (field, flat) => ({ target: newTarget(field, flat) })) as V2MetricSpec | undefined;
}

export function newStatus(value: unknown): V2MetricStatus | undefined {
  return made(value, (field, flat) => ({ current: newCurrent(field, flat) })) as V2MetricStatus | undefined;
}

function made(value: unknown, rest: (field: Field, flat: Flat) => object): OldMetric | undefined {
  const flat = flatOf(value);
  if (!flat) return undefined;
  const metric: OldMetric = { type: text(flat['type']) ?? '' };
  for (const field of FIELDS) {
    const source = flatOf(flat[field]);
    if (source) metric[field] = { ...newSource(field, source), ...rest(field, source) };
  }
  return metric;
}
