import { dns1123Label, type FieldError, fieldError, parseQuantity } from '#apimachinery';
import { checkName } from '../field-rules.js';
import type { V2MetricIdentifier, V2MetricSpec, V2MetricTarget } from '../generated/types.js';
import { pathSegmentName } from '../path-rules.js';
import { checkReference, type ReferenceRules } from './reference-validation.js';

const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const FIELD_OF_TYPE: Readonly<Record<string, keyof typeof CHECKS>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

/** Models validateMetrics (1.36). */
export function checkMetrics(
  errors: FieldError[],
  at: string,
  metrics: readonly V2MetricSpec[] = [],
  { minReplicas, objects }: { minReplicas: number | undefined; objects: ReferenceRules },
): void {
  for (const [i, metric] of metrics.entries()) checkMetric(errors, `${at}[${i}]`, metric, objects);
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')) {
    const why = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(fieldError.forbidden(at, why));
  }
}

type Check = (errors: FieldError[], at: string, metric: V2MetricSpec, rules: ReferenceRules) => void;

/** One row per source, in upstream's order. */
const CHECKS = {
  object(errors, at, { object }, rules) {
    checkReference(errors, `${at}.describedObject`, object?.describedObject, rules);
    const target = checkMetricAndTarget(errors, at, object);
    requireValue(errors, at, target, 'must set either a target value or averageValue');
  },
  external(errors, at, { external }) {
    const target = checkMetricAndTarget(errors, at, external);
    requireValue(errors, at, target, 'must set either a target value for metric or a per-pod target');
    if (target.value !== undefined && target.averageValue !== undefined) {
      const why = 'may not set both a target value for metric and a per-pod target';
      errors.push(fieldError.forbidden(`${at}.target.value`, why));
    }
  },
  pods(errors, at, { pods }) {
    const { averageValue } = checkMetricAndTarget(errors, at, pods);
    if (averageValue !== undefined) return;
    errors.push(fieldError.required(`${at}.target.averageValue`, 'must specify a positive target averageValue'));
  },
  resource(errors, at, { resource }) {
    if (!resource?.name) errors.push(fieldError.required(`${at}.name`, 'must specify a resource name'));
    checkResourceTarget(errors, `${at}.target`, resource?.target);
  },
  containerResource(errors, at, { containerResource }) {
    if (!containerResource?.name) errors.push(fieldError.required(`${at}.name`, 'must specify a resource name'));
    const { container } = containerResource ?? {};
    if (!container) errors.push(fieldError.required(`${at}.container`, 'must specify a container'));
    else checkName(errors, `${at}.container`, container, dns1123Label);
    checkResourceTarget(errors, `${at}.target`, containerResource?.target);
  },
} satisfies Record<string, Check>;

const SOURCES = Object.keys(CHECKS) as (keyof typeof CHECKS)[];

/** Models validateMetricSpec (1.36): one source, that of its type; a wrong type is said twice, as upstream does. */
function checkMetric(errors: FieldError[], at: string, metric: V2MetricSpec, rules: ReferenceRules): void {
  const { type = '' } = metric;
  if (type === '') errors.push(fieldError.required(`${at}.type`, 'must specify a metric source type'));
  if (!TYPES.includes(type)) errors.push(fieldError.notSupported(`${at}.type`, type, TYPES));
  const present = SOURCES.filter((source) => metric[source] !== undefined);
  const [first] = present;
  if (first) CHECKS[first](errors, `${at}.${first}`, metric, rules);
  const expected = Object.hasOwn(FIELD_OF_TYPE, type) ? FIELD_OF_TYPE[type] : undefined;
  if (!expected) errors.push(fieldError.notSupported(`${at}.type`, type, TYPES));
  else if (metric[expected] === undefined) {
    const why = 'must populate information for the given metric source';
    errors.push(fieldError.required(`${at}.${expected}`, why));
  }
  if (present.length === 1) return;
  for (const source of present) {
    if (source === expected) continue;
    errors.push(fieldError.forbidden(`${at}.${source}`, 'must populate the given metric source only'));
  }
}

function checkMetricAndTarget(
  errors: FieldError[],
  at: string,
  source: { metric: V2MetricIdentifier; target: V2MetricTarget } | undefined,
): Partial<V2MetricTarget> {
  const { name } = source?.metric ?? {};
  if (!name) errors.push(fieldError.required(`${at}.metric.name`, 'must specify a metric name'));
  else checkName(errors, `${at}.metric.name`, name, pathSegmentName);
  const target = source?.target ?? {};
  checkTarget(errors, `${at}.target`, target);
  return target;
}

function requireValue(errors: FieldError[], at: string, target: Partial<V2MetricTarget>, why: string): void {
  if (target.value !== undefined || target.averageValue !== undefined) return;
  errors.push(fieldError.required(`${at}.target.averageValue`, why));
}

function checkResourceTarget(errors: FieldError[], at: string, target: Partial<V2MetricTarget> = {}): void {
  checkTarget(errors, at, target);
  const { averageUtilization, averageValue } = target;
  if (averageUtilization === undefined && averageValue === undefined) {
    const why = 'must set either a target raw value or a target utilization';
    errors.push(fieldError.required(`${at}.averageUtilization`, why));
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    const why = 'may not set both a target raw value and a target utilization';
    errors.push(fieldError.forbidden(`${at}.averageValue`, why));
  }
}

const TARGET_TYPES = ['Utilization', 'Value', 'AverageValue'];

/** Models validateMetricTarget (1.36). */
function checkTarget(errors: FieldError[], at: string, target: Partial<V2MetricTarget>): void {
  const { type = '', averageUtilization } = target;
  if (type === '') errors.push(fieldError.required(`${at}.type`, 'must specify a metric target type'));
  if (!TARGET_TYPES.includes(type)) {
    errors.push(fieldError.invalid(`${at}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  }
  for (const name of ['value', 'averageValue'] as const) {
    if (target[name] === undefined) continue;
    const quantity = parseQuantity(target[name]);
    if (quantity.sign() !== 1) {
      errors.push(fieldError.invalid(`${at}.${name}`, quantity.toString(), 'must be positive'));
    }
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.push(fieldError.invalid(`${at}.averageUtilization`, averageUtilization, 'must be greater than 0'));
  }
}
