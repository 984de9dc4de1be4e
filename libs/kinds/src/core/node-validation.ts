import { deepEqual, type FieldError, fieldError, labelValue, parseQuantity } from '#apimachinery';
import { checkRequiredOneOf } from '../field-rules.js';
import type { Node, Taint } from '../generated/types.js';
import { CIDR_MESSAGE, isCidr, isDualStack } from '../ip-text.js';
import { checkLabelKey } from './node-selector-rules.js';
import { checkQuantity } from './quantity-rules.js';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Models validateNodeTaints (1.36), which upstream blames on the metadata. */
function checkTaints(errors: FieldError[], taints: readonly Taint[]): void {
  const seen = new Set<string>();
  for (const [i, taint] of taints.entries()) {
    const at = `metadata.taints[${i}]`;
    const { key, value = '', effect } = taint;
    checkLabelKey(errors, `${at}.key`, key);
    const wrong = value === '' ? [] : labelValue(value);
    if (wrong.length > 0) errors.push(fieldError.invalid(`${at}.value`, value, wrong.join(';')));
    checkRequiredOneOf(errors, `${at}.effect`, effect, EFFECTS);
    const pair = `${key}:${effect}`;
    if (seen.has(pair)) {
      const twice = fieldError.duplicate(at, taint);
      errors.push({ ...twice, detail: `${twice.detail}: taints must be unique by key and effect pair` });
    }
    seen.add(pair);
  }
}

/** Models ValidateNodeResources (1.36). */
function checkResources(errors: FieldError[], { status }: Node): void {
  for (const list of ['capacity', 'allocatable'] as const) {
    const values = status?.[list];
    for (const name in values) checkQuantity(errors, `status.${list}.${name}`, name, parseQuantity(values[name]!));
  }
}

function checkCidrs(errors: FieldError[], cidrs: readonly string[]): void {
  const at = 'spec.podCIDRs';
  for (const [i, cidr] of cidrs.entries()) {
    if (!isCidr(cidr)) errors.push(fieldError.invalid(`${at}[${i}]`, cidr, CIDR_MESSAGE));
  }
  if (cidrs.length < 2) return;
  if (!isDualStack(cidrs)) {
    errors.push(fieldError.invalid(at, cidrs, 'may specify no more than one CIDR for each IP family'));
  }
  for (const [i, cidr] of cidrs.entries()) {
    if (cidrs.indexOf(cidr) < i) errors.push(fieldError.duplicate(`${at}[${i}]`, cidr));
  }
}

/** Of new and changed nodes. Models ValidateNode (1.36). */
export function validateNode(node: Node): FieldError[] {
  const errors: FieldError[] = [];
  const { spec } = node;
  if (spec?.taints) checkTaints(errors, spec.taints);
  checkResources(errors, node);
  return errors;
}

export function validateNewNode({ spec }: Node): FieldError[] {
  const errors: FieldError[] = [];
  if (spec?.podCIDRs) checkCidrs(errors, spec.podCIDRs);
  return errors;
}

/** Models ValidateNodeUpdate (1.36): what was once assigned stays. */
export function validateNodeUpdate({ spec = {}, status }: Node, { spec: before = {} }: Node): FieldError[] {
  const errors: FieldError[] = [];
  const addresses = new Set<string>();
  for (const [i, address] of (status?.addresses ?? []).entries()) {
    const key = JSON.stringify([address.type, address.address]);
    if (addresses.has(key)) errors.push(fieldError.duplicate(`status.addresses[${i}]`, address));
    addresses.add(key);
  }
  if (before.podCIDRs?.length && !deepEqual(spec.podCIDRs ?? [], before.podCIDRs)) {
    errors.push(fieldError.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  if (before.providerID && before.providerID !== spec.providerID) {
    const why = 'node updates may not change providerID except from "" to valid';
    errors.push(fieldError.forbidden('spec.providerID', why));
  }
  if ((spec.externalID ?? '') !== (before.externalID ?? '')) {
    errors.push(fieldError.forbidden('spec.externalID', 'may not be updated'));
  }
  return errors;
}
