import { deepEqual, dns1123Subdomain, type FieldError, fieldError, qualifiedName } from '#apimachinery';
import { IMMUTABLE } from '../field-rules.js';
import type { CoreV1Event } from '../generated/types.js';

const WORD_BYTES_MAX = 128;
const MESSAGE_BYTES_MAX = 1024;

/** Rules of events of every version, in the older shape. Models legacyValidateEvent (1.36). */
export function legacyEventErrors(event: CoreV1Event): FieldError[] {
  const errors: FieldError[] = [];
  const { namespace = '' } = event.metadata;
  const about = event.involvedObject?.namespace ?? '';
  const isStray = event.eventTime
    ? about === '' && namespace !== 'default' && namespace !== 'kube-system'
    : about === ''
      ? namespace !== '' && namespace !== 'default'
      : about !== namespace;
  if (isStray) errors.push(fieldError.invalid('involvedObject.namespace', about, 'does not match event.namespace'));
  if (event.eventTime) {
    const { reportingComponent = '', message = '' } = event;
    if (!reportingComponent) errors.push(fieldError.required('reportingController'));
    for (const why of qualifiedName(reportingComponent)) {
      errors.push(fieldError.invalid('reportingController', reportingComponent, why));
    }
    for (const name of ['reportingInstance', 'action', 'reason'] as const) {
      const text = event[name] ?? '';
      if (!text) errors.push(fieldError.required(name));
      checkLength(errors, name, text, WORD_BYTES_MAX);
    }
    checkLength(errors, 'message', message, MESSAGE_BYTES_MAX);
  }
  for (const why of dns1123Subdomain(namespace)) errors.push(fieldError.invalid('namespace', namespace, why));
  return errors;
}

function checkLength(errors: FieldError[], field: string, text: string, max: number): void {
  if (text.length * 3 > max && Buffer.byteLength(text) > max) {
    errors.push(fieldError.invalid(field, '', `can have at most ${max} characters`));
  }
}

/** What the newer version asks of new events. Models the strict part of ValidateEventCreate (1.36). */
export function newEventErrors(event: CoreV1Event): FieldError[] {
  const errors: FieldError[] = [];
  checkSeries(errors, event);
  if (!event.eventTime) errors.push(fieldError.required('eventTime'));
  if (event.type !== 'Normal' && event.type !== 'Warning') {
    errors.push(fieldError.invalid('type', '', `has invalid value: ${event.type ?? ''}`));
  }
  for (const name of ['firstTimestamp', 'lastTimestamp', 'count'] as const) {
    if (event[name]) errors.push(fieldError.invalid(name, '', 'needs to be unset'));
  }
  if (event.source?.component || event.source?.host) {
    errors.push(fieldError.invalid('source', '', 'needs to be unset'));
  }
  return errors;
}

function checkSeries(errors: FieldError[], { series }: CoreV1Event): void {
  if (!series) return;
  if ((series.count ?? 0) < 2) errors.push(fieldError.invalid('series.count', '', 'should be at least 2'));
  if (!series.lastObservedTime) errors.push(fieldError.required('series.lastObservedTime'));
}

const KEPT = [
  ...['involvedObject', 'reason', 'message', 'source', 'firstTimestamp', 'lastTimestamp', 'count', 'reason', 'type'],
  ...['eventTime', 'action', 'related', 'reportingComponent', 'reportingInstance'],
] as (keyof CoreV1Event)[];

/** An event is what happened; only its series goes on. Models the strict part of ValidateEventUpdate (1.36). */
export function eventUpdateErrors(event: CoreV1Event, old: CoreV1Event): FieldError[] {
  const errors: FieldError[] = [];
  if (!deepEqual(event.series, old.series)) checkSeries(errors, event);
  for (const name of KEPT) {
    if (deepEqual(event[name] ?? null, old[name] ?? null)) continue;
    const field = name === 'reportingComponent' ? 'reportingController' : name;
    errors.push(fieldError.invalid(field, event[name] ?? null, IMMUTABLE));
  }
  return errors;
}
