import { type FieldError, fieldError } from '#apimachinery';
import { eventColumns, eventRow } from '../core/event-columns.js';
import { eventFields } from '../core/event.kind.js';
import { defineKind } from '../define-kind.js';
import { checkOneOf } from '../field-rules.js';
import type { CoreV1Event, EventsV1Event } from '../generated/types.js';
import { fromCoreEvent, toCoreEvent } from './event-conversion.js';

const NOTE_BYTES_MAX = 1024;

/** The newer shape of the same events, over the same store. Models pkg/apis/core/validation/events.go (1.36). */
export const eventsEventKind = defineKind<EventsV1Event>({
  apiVersion: 'events.k8s.io/v1',
  resource: 'events',
  storage: { groupResource: 'events', group: '', version: 'v1' },
  createOnUpdate: true,
  table: { columns: eventColumns, row: (event, nowMs) => eventRow(toCoreEvent(event), nowMs) },
  fromStorage: (stored) => fromCoreEvent(stored as CoreV1Event),
  toStorage: toCoreEvent,
  validate(event) {
    const errors: FieldError[] = [];
    // Written through the older shape it has other times instead.
    const isOld = event.deprecatedFirstTimestamp !== undefined;
    if (!event.eventTime && !isOld) errors.push(fieldError.required('eventTime'));
    if (!event.reportingController && !isOld) errors.push(fieldError.required('reportingController'));
    if (!event.reportingInstance && !isOld) errors.push(fieldError.required('reportingInstance'));
    if (!event.action && !isOld) errors.push(fieldError.required('action'));
    if (!event.reason && !isOld) errors.push(fieldError.required('reason'));
    if (!isOld) checkOneOf(errors, 'type', event.type ?? '', ['Normal', 'Warning']);
    if (Buffer.byteLength(event.note ?? '', 'utf8') > NOTE_BYTES_MAX) {
      errors.push(fieldError.invalid('message', '', `can have at most ${NOTE_BYTES_MAX} characters`));
    }
    return errors;
  },
  selectableFields: (event) => eventFields(toCoreEvent(event)),
});
