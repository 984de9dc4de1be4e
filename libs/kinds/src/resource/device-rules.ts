import { deepEqual, dns1123Subdomain, type FieldError, fieldError, parseQuantity } from '#apimachinery';
import { checkNodeSelector } from '../core/node-selector-rules.js';
import { isExtended, isHugePages } from '../core/resource-names.js';
import type {
  Device,
  DeviceAttribute,
  DeviceCounterConsumption,
  NodeAllocatableResourceMapping,
} from '../generated/types.js';
import { canonicalQuantity } from '../scalar-text.js';
import { checkCapacity } from './capacity-policy-rules.js';
import { checkBinding, checkTaint } from './device-taint-rules.js';
import { checkItems, checkMap, checkSet } from '../list-rules.js';
import { checkAttributeName, checkCounterName, checkLabelName } from './name-rules.js';

/** One device of a slice. Models validateDevice of pkg/apis/resource/validation (1.36). */

const FACTS_MAX = 32;
const VALUES_MAX = 48;
const TAINTS_MAX = 16;
const CONSUMPTIONS_MAX = 2;
const TEXT_BYTES_MAX = 64;
/** Domain, slash, identifier. */
const FACT_LIMITS = { entriesMax: Infinity, keyLengthMax: 63 + 1 + 32 };
export const COUNTER_LIMITS = { entriesMax: 32, keyLengthMax: 63 };

const NUMBER = '(0|[1-9]\\d*)';
const PRE_RELEASE = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)';
const BUILD = '[0-9a-zA-Z-]+';
const VERSION = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(-${PRE_RELEASE}(\\.${PRE_RELEASE})*)?(\\+${BUILD}(\\.${BUILD})*)?$`,
);

export function checkDevice(
  errors: FieldError[],
  at: string,
  device: Device,
  { old, perDevice }: { old: Device | undefined; perDevice: boolean },
): void {
  const { attributes = {}, capacity = {}, taints } = device;
  checkLabelName(errors, `${at}.name`, device.name);
  checkCounts(errors, at, device);
  checkMap(errors, `${at}.attributes`, attributes, FACT_LIMITS, checkAttributeName, checkAttribute);
  // What was let in once stays.
  if (!old || !deepEqual(old.capacity ?? {}, capacity)) {
    const isShared = device.allowMultipleAllocations === true;
    checkMap(errors, `${at}.capacity`, capacity, FACT_LIMITS, checkAttributeName, (all, one, value) =>
      checkCapacity(all, one, value, { isShared }),
    );
  }
  if (!old || !deepEqual(old.taints ?? [], taints ?? [])) {
    checkItems(errors, `${at}.taints`, taints, TAINTS_MAX, (all, one, taint) => checkTaint(all, one, taint));
  }
  const { consumesCounters } = device;
  checkSet(errors, `${at}.consumesCounters`, consumesCounters, CONSUMPTIONS_MAX, checkConsumption, (one) => {
    return one.counterSet ?? '';
  });
  checkPlace(errors, at, device, perDevice);
  checkBinding(errors, at, device);
  checkNodeShares(errors, `${at}.nodeAllocatableResourceMappings`, device);
}

function checkCounts(errors: FieldError[], at: string, { attributes = {}, capacity = {} }: Device): void {
  const facts = Object.keys(attributes).length + Object.keys(capacity).length;
  if (facts > FACTS_MAX) {
    const why = `the total number of attributes and capacities must not exceed ${FACTS_MAX}`;
    errors.push(fieldError.invalid(at, facts, why));
  }
  let values = 0;
  for (const { bools = [], ints = [], strings = [], versions = [] } of Object.values(attributes)) {
    values += bools.length + ints.length + strings.length + versions.length || 1;
  }
  if (values > VALUES_MAX) {
    errors.push(fieldError.invalid(at, values, `the total number of attribute values must not exceed ${VALUES_MAX}`));
  }
}

function checkAttribute(errors: FieldError[], at: string, attribute: DeviceAttribute): void {
  const { string, version, strings = [], versions = [] } = attribute;
  if (string !== undefined) checkText(errors, `${at}.string`, string);
  if (version !== undefined) checkVersion(errors, `${at}.version`, version);
  for (const [i, text] of strings.entries()) checkText(errors, `${at}.strings[${i}]`, text);
  for (const [i, text] of versions.entries()) checkVersion(errors, `${at}.versions[${i}]`, text);
  const count = Object.values(attribute).filter((value) => value !== undefined).length;
  if (count === 1) return;
  errors.push(fieldError.invalid(at, count === 0 ? '' : attribute, 'exactly one value must be specified'));
}

function checkText(errors: FieldError[], field: string, text: string): void {
  if (Buffer.byteLength(text) > TEXT_BYTES_MAX) errors.push(fieldError.tooLong(field, TEXT_BYTES_MAX));
}

function checkVersion(errors: FieldError[], field: string, text: string): void {
  // A longer one is wrong whatever its form, which is not looked for in a text of any length.
  if (text.length > TEXT_BYTES_MAX || !VERSION.test(text)) {
    errors.push(fieldError.invalid(field, text, 'must be a string compatible with semver.org spec 2.0.0'));
  }
  checkText(errors, field, text);
}

function checkConsumption(errors: FieldError[], at: string, { counterSet, counters }: DeviceCounterConsumption): void {
  checkCounterName(errors, `${at}.counterSet`, counterSet);
  checkCounters(errors, `${at}.counters`, counters);
}

export function checkCounters(
  errors: FieldError[],
  field: string,
  counters: Readonly<Record<string, object>> = {},
): void {
  if (Object.keys(counters).length === 0) errors.push(fieldError.required(field));
  else checkMap(errors, field, counters, COUNTER_LIMITS, checkLabelName);
}

/** Where the device is, when its slice leaves that to each device. */
function checkPlace(
  errors: FieldError[],
  at: string,
  { nodeName, nodeSelector, allNodes }: Device,
  perDevice: boolean,
): void {
  if (!perDevice) {
    if (nodeName === undefined && !nodeSelector && allNodes === undefined) return;
    const why =
      '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
    return void errors.push(fieldError.invalid(at, null, why));
  }
  const set: string[] = [];
  if (nodeName !== undefined && nodeName !== '') set.push('`nodeName`');
  if (nodeName === '') errors.push(fieldError.invalid(`${at}.nodeName`, nodeName, 'must not be empty'));
  else if (nodeName !== undefined) checkNodeName(errors, `${at}.nodeName`, nodeName);
  if (nodeSelector) {
    set.push('`nodeSelector`');
    checkNodeSelector(errors, `${at}.nodeSelector`, nodeSelector);
  }
  if (allNodes === true) set.push('`allNodes`');
  if (allNodes === false) {
    errors.push(fieldError.invalid(`${at}.allNodes`, false, 'must be either unset or set to true'));
  }
  const why =
    'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
  if (set.length === 0) errors.push(fieldError.required(at, why));
  if (set.length > 1) errors.push(fieldError.invalid(at, `{${set.join(', ')}}`, why));
}

export function checkNodeName(errors: FieldError[], field: string, name: string): void {
  for (const why of dns1123Subdomain(name)) errors.push(fieldError.invalid(field, name, why));
}

/** Resources that a node hands out itself: no pieces of others', no volumes. Models IsNodeAllocatableResourceName. */
const isNodeResource = (name: string) =>
  ['cpu', 'memory', 'ephemeral-storage'].includes(name) || (isHugePages(name) && !isExtended(name));

/** What of its node's own resources the device takes. */
function checkNodeShares(errors: FieldError[], field: string, device: Device): void {
  const { nodeAllocatableResourceMappings: shares = {}, capacity = {} } = device;
  for (const [name, share] of Object.entries(shares)) {
    const at = `${field}[${name}]`;
    if (!isNodeResource(name)) {
      errors.push(fieldError.invalid(at, name, 'must be a node allocatable resource name'));
    }
    checkNodeShare(errors, at, share, capacity);
  }
}

function checkNodeShare(
  errors: FieldError[],
  at: string,
  { capacityKey, allocationMultiplier: multiplier }: NodeAllocatableResourceMapping,
  capacity: Readonly<Record<string, object>>,
): void {
  if (capacityKey === '') {
    errors.push(fieldError.invalid(`${at}.capacityKey`, '', 'capacityKey must not be an empty string'));
  } else if (capacityKey !== undefined && !Object.hasOwn(capacity, capacityKey)) {
    errors.push(fieldError.notFound(`${at}.capacityKey`, capacityKey));
  }
  if (multiplier === undefined) return;
  // The published schema calls it a string, so no decoder has looked at it.
  const quantity = canonicalQuantity(multiplier);
  const isPositive = 'text' in quantity && parseQuantity(quantity.text).sign() > 0;
  const why = 'error' in quantity ? quantity.error : 'must be positive';
  if (!isPositive) errors.push(fieldError.invalid(`${at}.allocationMultiplier`, multiplier, why));
}
