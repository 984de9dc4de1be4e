import { deepEqual, type FieldError, fieldError } from '#apimachinery';
import { checkConditions } from '../condition-rules.js';
import { checkNodeSelector } from '../core/node-selector-rules.js';
import { checkRequiredOneOf, IMMUTABLE } from '../field-rules.js';
import type {
  AllocatedDeviceStatus,
  AllocationResult,
  DeviceAllocationResult,
  DeviceRequestAllocationResult,
  NetworkDeviceData,
  ResourceClaimConsumerReference,
  ResourceClaimSpec,
  ResourceClaimStatus,
} from '../generated/types.js';
import { checkInterfaceAddress } from './address-rules.js';
import { checkRequestRef, checkRequestRefs, requestNamesOf, type RequestNames } from './device-claim-rules.js';
import { checkConfiguration, checkRawObject } from './device-config-rules.js';
import { checkBinding, checkTolerations } from './device-taint-rules.js';
import { checkItems, checkSet } from '../list-rules.js';
import { checkDriverName, checkLabelName, checkPoolName, checkUid } from './name-rules.js';

/** What was given for a claim, and to whom. Models validateResourceClaimStatusUpdate (1.36). */

const CONSUMERS_MAX = 256;
const RESULTS_MAX = 32;
/** Of the class and of the claim. */
const CONFIGURATIONS_MAX = 64;
const CONDITIONS_MAX = 8;
const ADDRESSES_MAX = 16;
const INTERFACE_BYTES_MAX = 256;
const HARDWARE_ADDRESS_BYTES_MAX = 128;
const SOURCES = ['FromClaim', 'FromClass'];

interface ClaimLike {
  readonly metadata: { readonly deletionTimestamp?: string | null };
  readonly spec?: ResourceClaimSpec;
  readonly status?: ResourceClaimStatus;
}

export function claimStatusErrors(claim: ClaimLike, old: ClaimLike): FieldError[] {
  const errors: FieldError[] = [];
  const status = claim.status ?? {};
  const before = old.status ?? {};
  checkSet(errors, 'status.reservedFor', status.reservedFor, CONSUMERS_MAX, checkConsumer, ({ uid = '' }) => uid);
  checkDevices(errors, status);
  checkReservations(errors, status, before, Boolean(claim.metadata.deletionTimestamp));
  const at = 'status.allocation';
  if (before.allocation && status.allocation) {
    if (!deepEqual(status.allocation, before.allocation)) {
      errors.push(fieldError.invalid(at, status.allocation, IMMUTABLE));
    }
  } else if (status.allocation) {
    checkAllocation(errors, at, status.allocation, requestNamesOf(claim.spec?.devices));
  }
  return errors;
}

function checkConsumer(
  errors: FieldError[],
  at: string,
  { resource, name, uid }: Partial<ResourceClaimConsumerReference>,
): void {
  for (const [field, value] of Object.entries({ resource, name, uid })) {
    if (!value) errors.push(fieldError.required(`${at}.${field}`));
  }
}

/** While the claim is going, consumers may leave and none may come. */
function checkReservations(
  errors: FieldError[],
  { reservedFor = [], allocation }: ResourceClaimStatus,
  { reservedFor: before = [] }: ResourceClaimStatus,
  isDeleted: boolean,
): void {
  const field = 'status.reservedFor';
  if (reservedFor.length === 0) return;
  if (!allocation) errors.push(fieldError.forbidden(field, 'may not be specified when `allocated` is not set'));
  else if (isDeleted && reservedFor.some((one) => !before.some((other) => deepEqual(one, other)))) {
    const why = 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set';
    errors.push(fieldError.forbidden(field, why));
  }
}

interface DeviceName {
  readonly driver?: string;
  readonly pool?: string;
  readonly device?: string;
  readonly shareID?: string;
}

/** Differs: errors name a device by its path, where upstream prints a struct without contents. */
const nameOf = ({ driver = '', pool = '', device = '' }: DeviceName): string => `${driver}/${pool}/${device}`;
const sharedNameOf = (one: DeviceName): string => (one.shareID ? `${nameOf(one)}/${one.shareID}` : nameOf(one));

function checkDevices(errors: FieldError[], { devices, allocation }: ResourceClaimStatus): void {
  const allocated = new Set((allocation?.devices?.results ?? []).map(sharedNameOf));
  const check = (all: FieldError[], at: string, device: AllocatedDeviceStatus) =>
    checkDevice(all, at, device, allocated);
  checkSet(errors, 'status.devices', devices, Infinity, check, sharedNameOf);
}

function checkDevice(
  errors: FieldError[],
  at: string,
  device: AllocatedDeviceStatus,
  allocated: ReadonlySet<string>,
): void {
  const { conditions = [], data, networkData } = device;
  checkDriverName(errors, `${at}.driver`, device.driver);
  checkPoolName(errors, `${at}.pool`, device.pool);
  checkLabelName(errors, `${at}.device`, device.device);
  if (device.shareID !== undefined) checkUid(errors, `${at}.shareID`, device.shareID);
  if (!allocated.has(sharedNameOf(device))) {
    errors.push(fieldError.invalid(at, sharedNameOf(device), 'must be an allocated device in the claim'));
  }
  if (conditions.length > CONDITIONS_MAX) {
    errors.push(fieldError.tooMany(`${at}.conditions`, conditions.length, CONDITIONS_MAX));
  }
  checkConditions(errors, `${at}.conditions`, conditions);
  if (data !== undefined) checkRawObject(errors, `${at}.data`, data);
  if (networkData) checkNetwork(errors, `${at}.networkData`, networkData);
}

function checkNetwork(
  errors: FieldError[],
  at: string,
  { interfaceName = '', hardwareAddress = '', ips }: NetworkDeviceData,
): void {
  if (Buffer.byteLength(interfaceName) > INTERFACE_BYTES_MAX) {
    errors.push(fieldError.tooLong(`${at}.interfaceName`, INTERFACE_BYTES_MAX));
  }
  if (Buffer.byteLength(hardwareAddress) > HARDWARE_ADDRESS_BYTES_MAX) {
    errors.push(fieldError.tooLong(`${at}.hardwareAddress`, HARDWARE_ADDRESS_BYTES_MAX));
  }
  checkSet(errors, `${at}.ips`, ips, ADDRESSES_MAX, checkInterfaceAddress, (ip) => ip);
}

/** Models validateAllocationResult, of a new one: one that is there is not looked at again. */
function checkAllocation(
  errors: FieldError[],
  at: string,
  { devices = {}, nodeSelector }: AllocationResult,
  names: RequestNames,
): void {
  checkAllocatedDevices(errors, `${at}.devices`, devices, names);
  if (nodeSelector) checkNodeSelector(errors, `${at}.nodeSelector`, nodeSelector);
}

function checkAllocatedDevices(
  errors: FieldError[],
  at: string,
  { results, config }: DeviceAllocationResult,
  names: RequestNames,
): void {
  checkItems(errors, `${at}.results`, results, RESULTS_MAX, (all, one, result) => checkResult(all, one, result, names));
  checkItems(errors, `${at}.config`, config, CONFIGURATIONS_MAX, (all, one, item) => {
    checkRequiredOneOf(all, `${one}.source`, item.source, SOURCES);
    checkRequestRefs(all, `${one}.requests`, item.requests, names);
    checkConfiguration(all, one, item);
  });
}

function checkResult(
  errors: FieldError[],
  at: string,
  result: DeviceRequestAllocationResult,
  names: RequestNames,
): void {
  checkRequestRef(errors, `${at}.request`, result.request ?? '', names);
  checkDriverName(errors, `${at}.driver`, result.driver);
  checkPoolName(errors, `${at}.pool`, result.pool);
  checkLabelName(errors, `${at}.device`, result.device);
  checkBinding(errors, at, result);
  checkTolerations(errors, `${at}.tolerations`, result.tolerations);
  if (result.shareID !== undefined) checkUid(errors, `${at}.shareID`, result.shareID);
}

/** What was said of devices that are given back goes with them. Models dropDeallocatedStatusDevices (1.36). */
export function withoutDeallocated(status: ResourceClaimStatus, before: ResourceClaimStatus = {}): ResourceClaimStatus {
  const { devices, ...rest } = status;
  if (!devices) return status;
  const kept = new Set((status.allocation?.devices?.results ?? []).map(nameOf));
  const gone = new Set((before.allocation?.devices?.results ?? []).map(nameOf).filter((name) => !kept.has(name)));
  const left = devices.filter((device) => !gone.has(nameOf(device)));
  return left.length === 0 ? rest : { ...rest, devices: left };
}

/** Tolerations are copied from the request, with their defaults. */
export function defaultClaimStatus({ allocation }: ResourceClaimStatus = {}): void {
  for (const { tolerations = [] } of allocation?.devices?.results ?? []) {
    for (const toleration of tolerations) toleration.operator ||= 'Equal';
  }
}
