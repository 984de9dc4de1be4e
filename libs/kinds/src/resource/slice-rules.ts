import { deepEqual, type FieldError, fieldError } from '#apimachinery';
import { checkNodeSelector } from '../core/node-selector-rules.js';
import { IMMUTABLE } from '../field-rules.js';
import type { CounterSet, Device, ResourcePool, ResourceSliceSpec } from '../generated/types.js';
import { checkCounters, checkDevice, checkNodeName } from './device-rules.js';
import { checkSet } from '../list-rules.js';
import { checkCounterName, checkDriverName, checkPoolName } from './name-rules.js';

/** What a driver says of its devices. Models validateResourceSliceSpec of pkg/apis/resource/validation (1.36). */

const DEVICES_MAX = 128;
/** Where a device costs more than its name and facts. */
const RICH_DEVICES_MAX = 64;
const COUNTER_SETS_MAX = 8;

export function sliceErrors(spec: Partial<ResourceSliceSpec> = {}, old?: Partial<ResourceSliceSpec>): FieldError[] {
  const errors: FieldError[] = [];
  const { devices = [], sharedCounters = [] } = spec;
  checkDriverName(errors, 'spec.driver', spec.driver);
  checkPool(errors, spec.pool ?? {});
  if (old) checkKept(errors, spec, old);
  checkPlace(errors, spec);
  if (sharedCounters.length > 0 && devices.length > 0) {
    errors.push(fieldError.invalid('spec', '', 'only one of `sharedCounters` or `devices` is allowed'));
  }
  const oldDevices = new Map((old?.devices ?? []).map((device) => [device.name, device]));
  const perDevice = spec.perDeviceNodeSelection === true;
  const check = (all: FieldError[], at: string, device: Device) =>
    checkDevice(all, at, device, { old: oldDevices.get(device.name), perDevice });
  const max = devices.some(isRich) ? RICH_DEVICES_MAX : DEVICES_MAX;
  checkSet(errors, 'spec.devices', devices, max, check, ({ name = '' }) => name);
  const nameOf = ({ name = '' }: CounterSet) => name;
  checkSet(errors, 'spec.sharedCounters', sharedCounters, COUNTER_SETS_MAX, checkCounterSet, nameOf);
  return errors;
}

function isRich({ taints = [], consumesCounters = [], attributes = {} }: Device): boolean {
  if (taints.length > 0 || consumesCounters.length > 0) return true;
  return Object.values(attributes).some((one) => one.bools ?? one.ints ?? one.strings ?? one.versions);
}

function checkPool(errors: FieldError[], pool: Partial<ResourcePool>): void {
  const { name, resourceSliceCount: count = 0, generation = 0 } = pool;
  checkPoolName(errors, 'spec.pool.name', name);
  if (count <= 0) errors.push(fieldError.invalid('spec.pool.resourceSliceCount', count, 'must be greater than zero'));
  if (generation < 0) {
    errors.push(fieldError.invalid('spec.pool.generation', generation, 'must be greater than or equal to zero'));
  }
}

function checkKept(errors: FieldError[], spec: Partial<ResourceSliceSpec>, old: Partial<ResourceSliceSpec>): void {
  const fields: readonly [string, unknown, unknown][] = [
    ['pool.name', spec.pool?.name ?? '', old.pool?.name ?? ''],
    ['driver', spec.driver ?? '', old.driver ?? ''],
    ['nodeName', spec.nodeName ?? null, old.nodeName ?? null],
  ];
  for (const [name, now, before] of fields) {
    if (!deepEqual(now, before)) errors.push(fieldError.invalid(`spec.${name}`, now, IMMUTABLE));
  }
}

/** Where the devices are: said in exactly one way. */
function checkPlace(errors: FieldError[], spec: Partial<ResourceSliceSpec>): void {
  const { nodeName, nodeSelector } = spec;
  const set: string[] = [];
  if (nodeName === '') {
    errors.push(fieldError.invalid('spec.nodeName', '', 'must be either unset or set to a non-empty string'));
  } else if (nodeName !== undefined) {
    set.push('`nodeName`');
    checkNodeName(errors, 'spec.nodeName', nodeName);
  }
  if (nodeSelector) {
    set.push('`nodeSelector`');
    checkNodeSelector(errors, 'spec.nodeSelector', nodeSelector);
    const terms = nodeSelector.nodeSelectorTerms ?? [];
    if (terms.length !== 1) {
      const why = 'must have exactly one node selector term';
      errors.push(fieldError.invalid('spec.nodeSelector.nodeSelectorTerms', terms, why));
    }
  }
  for (const name of ['allNodes', 'perDeviceNodeSelection'] as const) {
    if (spec[name] === true) set.push(`\`${name}\``);
    if (spec[name] === false) {
      errors.push(fieldError.invalid(`spec.${name}`, false, 'must be either unset or set to true'));
    }
  }
  const why = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
  if (set.length === 0) errors.push(fieldError.required('spec', why));
  if (set.length > 1) {
    errors.push(fieldError.invalid('spec', `{${set.join(', ')}}`, `${why}, but multiple fields are set`));
  }
}

function checkCounterSet(errors: FieldError[], at: string, { name, counters }: CounterSet): void {
  checkCounterName(errors, `${at}.name`, name);
  checkCounters(errors, `${at}.counters`, counters);
}
