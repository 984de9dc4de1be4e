import {
  dns1123Label,
  type FieldError,
  fieldError,
  type LabelSelector,
  labelValue,
  qualifiedName,
  validateLabelSelector,
} from '#apimachinery';
import type {
  Affinity,
  NodeAffinity,
  PodAffinityTerm,
  PodSchedulingGate,
  Toleration,
  TopologySpreadConstraint,
} from '../../generated/types.js';
import { checkLabelKey, checkNodeSelector, checkNodeTerm } from '../node-selector-rules.js';

/** Models validateSchedulingGates (1.36). */
export function checkGates(errors: FieldError[], field: string, gates: readonly PodSchedulingGate[]): void {
  const seen = new Set<string>();
  for (const [i, { name }] of gates.entries()) {
    const at = `${field}[${i}]`;
    for (const why of qualifiedName(name ?? '')) errors.push(fieldError.invalid(at, name ?? '', why));
    if (seen.has(name)) errors.push(fieldError.duplicate(at, name));
    seen.add(name);
  }
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Models ValidateTolerations (1.36). */
export function checkTolerations(errors: FieldError[], field: string, tolerations: readonly Toleration[]): void {
  for (const [i, { key, operator, value, effect, tolerationSeconds }] of tolerations.entries()) {
    const at = `${field}[${i}]`;
    if (key) checkLabelKey(errors, `${at}.key`, key);
    else if (operator !== 'Exists') {
      const why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(fieldError.invalid(`${at}.operator`, operator ?? '', why));
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const why = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      errors.push(fieldError.invalid(`${at}.effect`, effect ?? '', why));
    }
    if (!operator || operator === 'Equal') {
      const wrong = value ? labelValue(value) : [];
      if (wrong.length > 0) errors.push(fieldError.invalid(`${at}.operator`, value, wrong.join(';')));
    } else if (operator === 'Exists') {
      if (value) {
        errors.push(fieldError.invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
      }
    } else errors.push(fieldError.notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
    if (effect && !EFFECTS.includes(effect)) errors.push(fieldError.notSupported(`${at}.effect`, effect, EFFECTS));
  }
}

/** Models validateAffinity (1.36). */
export function checkAffinity(errors: FieldError[], at: string, affinity: Affinity): void {
  if (affinity.nodeAffinity) checkNodeAffinity(errors, `${at}.nodeAffinity`, affinity.nodeAffinity);
  for (const name of ['podAffinity', 'podAntiAffinity'] as const) {
    const terms = affinity[name];
    if (!terms) continue;
    const required = `${at}.${name}.requiredDuringSchedulingIgnoredDuringExecution`;
    for (const [i, term] of (terms.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      checkPodTerm(errors, `${required}[${i}]`, term);
    }
    const preferred = `${at}.${name}.preferredDuringSchedulingIgnoredDuringExecution`;
    for (const [i, { weight, podAffinityTerm }] of (
      terms.preferredDuringSchedulingIgnoredDuringExecution ?? []
    ).entries()) {
      checkWeight(errors, `${preferred}[${i}].weight`, weight);
      checkPodTerm(errors, `${preferred}[${i}].podAffinityTerm`, podAffinityTerm);
    }
  }
}

function checkWeight(errors: FieldError[], at: string, weight = 0): void {
  if (weight <= 0 || weight > 100) errors.push(fieldError.invalid(at, weight, 'must be in the range 1-100'));
}

function checkNodeAffinity(errors: FieldError[], at: string, affinity: NodeAffinity): void {
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  if (required) checkNodeSelector(errors, `${at}.requiredDuringSchedulingIgnoredDuringExecution`, required);
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  for (const [i, { weight, preference }] of preferred.entries()) {
    const path = `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
    checkWeight(errors, `${path}.weight`, weight);
    checkNodeTerm(errors, `${path}.preference`, preference ?? {}, false);
  }
}

function checkPodTerm(errors: FieldError[], at: string, term: PodAffinityTerm | undefined): void {
  const {
    labelSelector,
    namespaceSelector,
    namespaces = [],
    topologyKey,
    matchLabelKeys,
    mismatchLabelKeys,
  } = term ?? ({} as PodAffinityTerm);
  if (labelSelector) errors.push(...validateLabelSelector(labelSelector, `${at}.labelSelector`));
  if (namespaceSelector) errors.push(...validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`));
  for (const name of namespaces) {
    for (const why of dns1123Label(name)) errors.push(fieldError.invalid(`${at}.namespace`, name, why));
  }
  if (matchLabelKeys || mismatchLabelKeys) {
    checkTermKeys(errors, at, matchLabelKeys ?? [], mismatchLabelKeys ?? [], labelSelector);
  }
  if (!topologyKey) errors.push(fieldError.required(`${at}.topologyKey`, 'can not be empty'));
  checkLabelKey(errors, `${at}.topologyKey`, topologyKey);
}

/** Models validateMatchLabelKeysAndMismatchLabelKeys (1.36). */
function checkTermKeys(
  errors: FieldError[],
  at: string,
  match: readonly string[],
  mismatch: readonly string[],
  selector: LabelSelector | undefined,
): void {
  checkSelectorKeys(errors, `${at}.matchLabelKeys`, match, selector);
  checkSelectorKeys(errors, `${at}.mismatchLabelKeys`, mismatch, selector);
  for (const [i, key] of match.entries()) {
    if (mismatch.includes(key)) {
      errors.push(
        fieldError.invalid(`${at}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'),
      );
    }
  }
}

function checkSelectorKeys(
  errors: FieldError[],
  list: string,
  keys: readonly string[],
  selector: LabelSelector | undefined,
): void {
  if (keys.length === 0) return;
  if (!selector) {
    errors.push(fieldError.forbidden(list, 'must not be specified when labelSelector is not set'));
    return;
  }
  for (const [i, key] of keys.entries()) checkLabelKey(errors, `${list}[${i}]`, key);
}

const UNSATISFIABLE = ['DoNotSchedule', 'ScheduleAnyway'];
const INCLUSION = ['Honor', 'Ignore'];

/** Models validateTopologySpreadConstraints (1.36). */
export function checkSpread(errors: FieldError[], field: string, all: readonly TopologySpreadConstraint[]): void {
  const pairs = new Set<string>();
  for (const [i, one] of all.entries()) {
    const at = `${field}[${i}]`;
    const { maxSkew = 0, topologyKey, whenUnsatisfiable = '', minDomains, labelSelector, matchLabelKeys } = one;
    if (maxSkew <= 0) errors.push(fieldError.invalid(`${at}.maxSkew`, maxSkew, 'must be greater than zero'));
    if (!topologyKey) errors.push(fieldError.required(`${at}.topologyKey`, 'can not be empty'));
    else checkLabelKey(errors, `${at}.topologyKey`, topologyKey);
    if (!UNSATISFIABLE.includes(whenUnsatisfiable)) {
      errors.push(fieldError.notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, UNSATISFIABLE));
    }
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`;
    if (pairs.has(pair)) errors.push(fieldError.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair));
    pairs.add(pair);
    if (minDomains !== undefined) checkMinDomains(errors, `${at}.minDomains`, minDomains, whenUnsatisfiable);
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const value = one[name];
      if (value !== undefined && !INCLUSION.includes(value)) {
        errors.push(fieldError.notSupported(`${at}.${name}`, value, INCLUSION));
      }
    }
    if (matchLabelKeys) checkSpreadKeys(errors, `${at}.matchLabelKeys`, matchLabelKeys, labelSelector);
    if (labelSelector) errors.push(...validateLabelSelector(labelSelector, `${at}.labelSelector`));
  }
}

function checkMinDomains(errors: FieldError[], at: string, minDomains: number, whenUnsatisfiable: string): void {
  if (minDomains <= 0) errors.push(fieldError.invalid(at, minDomains, 'must be greater than zero'));
  if (whenUnsatisfiable !== 'DoNotSchedule') {
    const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
    errors.push(fieldError.invalid(at, minDomains, why));
  }
}

/** Models validateMatchLabelKeysInTopologySpread (1.36). */
function checkSpreadKeys(
  errors: FieldError[],
  list: string,
  keys: readonly string[],
  selector: LabelSelector | undefined,
): void {
  const selected = new Set([
    ...Object.keys(selector?.matchLabels ?? {}),
    ...(selector?.matchExpressions ?? []).map(({ key }) => key),
  ]);
  checkSelectorKeys(errors, list, keys, selector);
  for (const [i, key] of keys.entries()) {
    if (selected.has(key)) {
      errors.push(fieldError.invalid(`${list}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector'));
    }
  }
}
