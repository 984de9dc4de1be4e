import {
  type FieldError,
  fieldError,
  labelValue,
  qualifiedName,
  validateLabels,
  validateLabelSelector,
} from '#apimachinery';
import { checkName, checkOneOf } from '../../field-rules.js';
import type {
  Affinity,
  NodeAffinity,
  NodeSelectorTerm,
  PodAffinityTerm,
  PodSpec,
  Toleration,
  WeightedPodAffinityTerm,
} from '../../generated/types.js';

/** What says where a pod may run. Models the same parts of ValidatePodSpec (1.36). */
export function checkScheduling(errors: FieldError[], field: string, spec: PodSpec): void {
  errors.push(...validateLabels(spec.nodeSelector, `${field}.nodeSelector`));
  checkTolerations(errors, `${field}.tolerations`, spec.tolerations ?? []);
  if (spec.affinity) checkAffinity(errors, `${field}.affinity`, spec.affinity);
  checkSpread(errors, `${field}.topologySpreadConstraints`, spec);
  const gates = new Set<string>();
  for (const [i, { name }] of (spec.schedulingGates ?? []).entries()) {
    const at = `${field}.schedulingGates[${i}]`;
    for (const why of qualifiedName(name)) errors.push(fieldError.invalid(at, name, why));
    if (gates.has(name)) errors.push(fieldError.duplicate(at, name));
    gates.add(name);
  }
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function checkTolerations(errors: FieldError[], field: string, tolerations: readonly Toleration[]): void {
  for (const [i, { key, operator, value, effect, tolerationSeconds }] of tolerations.entries()) {
    const at = `${field}[${i}]`;
    if (key) for (const why of qualifiedName(key)) errors.push(fieldError.invalid(`${at}.key`, key, why));
    else if (operator !== 'Exists') {
      const why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(fieldError.invalid(`${at}.operator`, operator ?? '', why));
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const why = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      errors.push(fieldError.invalid(`${at}.effect`, effect ?? '', why));
    }
    if (operator === 'Exists') {
      if (value) errors.push(fieldError.invalid(at, value, "value must be empty when `operator` is 'Exists'"));
    } else if (operator === undefined || operator === 'Equal') {
      for (const why of labelValue(value ?? '')) errors.push(fieldError.invalid(`${at}.operator`, value, why));
    } else errors.push(fieldError.notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
    if (effect) checkOneOf(errors, `${at}.effect`, effect, EFFECTS);
  }
}

function checkAffinity(
  errors: FieldError[],
  at: string,
  { nodeAffinity, podAffinity, podAntiAffinity }: Affinity,
): void {
  if (nodeAffinity) checkNodeAffinity(errors, `${at}.nodeAffinity`, nodeAffinity);
  for (const [name, terms] of Object.entries({ podAffinity, podAntiAffinity })) {
    if (!terms) continue;
    const required = `${at}.${name}.requiredDuringSchedulingIgnoredDuringExecution`;
    for (const [i, term] of (terms.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      checkPodTerm(errors, `${required}[${i}]`, term);
    }
    const preferred = `${at}.${name}.preferredDuringSchedulingIgnoredDuringExecution`;
    for (const [i, term] of (terms.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      checkWeight(errors, `${preferred}[${i}]`, term);
      checkPodTerm(errors, `${preferred}[${i}].podAffinityTerm`, term.podAffinityTerm);
    }
  }
}

function checkWeight(errors: FieldError[], at: string, { weight }: Pick<WeightedPodAffinityTerm, 'weight'>): void {
  if (!(weight >= 1 && weight <= 100)) {
    errors.push(fieldError.invalid(`${at}.weight`, weight ?? 0, 'must be in the range 1-100'));
  }
}

function checkPodTerm(errors: FieldError[], at: string, term: PodAffinityTerm): void {
  errors.push(...validateLabelSelector(term?.labelSelector, `${at}.labelSelector`));
  errors.push(...validateLabelSelector(term?.namespaceSelector, `${at}.namespaceSelector`));
  if (!term?.topologyKey) errors.push(fieldError.required(`${at}.topologyKey`, 'can not be empty'));
  else
    for (const why of qualifiedName(term.topologyKey))
      errors.push(fieldError.invalid(`${at}.topologyKey`, term.topologyKey, why));
}

function checkNodeAffinity(errors: FieldError[], at: string, affinity: NodeAffinity): void {
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  if (required) {
    const path = `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
    const terms = required.nodeSelectorTerms ?? [];
    if (terms.length === 0) errors.push(fieldError.required(path, 'must have at least one node selector term'));
    for (const [i, term] of terms.entries()) checkNodeTerm(errors, `${path}[${i}]`, term);
  }
  const preferred = `${at}.preferredDuringSchedulingIgnoredDuringExecution`;
  for (const [i, term] of (affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
    checkWeight(errors, `${preferred}[${i}]`, term);
    checkNodeTerm(errors, `${preferred}[${i}].preference`, term.preference);
  }
}

function checkNodeTerm(errors: FieldError[], at: string, term: NodeSelectorTerm): void {
  for (const [i, { key, operator, values = [] }] of (term?.matchExpressions ?? []).entries()) {
    const path = `${at}.matchExpressions[${i}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        errors.push(fieldError.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
        errors.push(fieldError.forbidden(`${path}.values`, why));
      }
    } else if (operator === 'Gt' || operator === 'Lt') {
      if (values.length !== 1) {
        errors.push(
          fieldError.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"),
        );
      }
    } else errors.push(fieldError.invalid(`${path}.operator`, operator, 'not a valid selector operator'));
    checkName(errors, `${path}.key`, key, qualifiedName);
  }
}

function checkSpread(errors: FieldError[], field: string, spec: PodSpec): void {
  const pairs = new Set<string>();
  for (const [i, one] of (spec.topologySpreadConstraints ?? []).entries()) {
    const at = `${field}[${i}]`;
    if (!(one.maxSkew > 0))
      errors.push(fieldError.invalid(`${at}.maxSkew`, one.maxSkew ?? 0, 'must be greater than zero'));
    if (!one.topologyKey) errors.push(fieldError.required(`${at}.topologyKey`, 'can not be empty'));
    if (!['DoNotSchedule', 'ScheduleAnyway'].includes(one.whenUnsatisfiable)) {
      const supported = ['DoNotSchedule', 'ScheduleAnyway'];
      errors.push(fieldError.notSupported(`${at}.whenUnsatisfiable`, one.whenUnsatisfiable ?? '', supported));
    }
    const pair = `{${one.topologyKey}, ${one.whenUnsatisfiable}}`;
    if (pairs.has(pair)) errors.push(fieldError.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair));
    pairs.add(pair);
    errors.push(...validateLabelSelector(one.labelSelector, `${at}.labelSelector`));
  }
}
