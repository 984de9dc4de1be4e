import { eventColumns, eventRow } from '../core/event-columns.js';
import { eventUpdateErrors, legacyEventErrors, newEventErrors } from '../core/event-validation.js';
import { eventFields } from '../core/event.kind.js';
import { defineKind } from '../define-kind.js';
import type { CoreV1Event, EventsV1Event } from '../generated/types.js';
import { fromCoreEvent, toCoreEvent } from './event-conversion.js';

/** The newer shape of the same events, over the same store. Models pkg/apis/core/validation/events.go (1.36). */
export const eventsEventKind = defineKind<EventsV1Event>({
  apiVersion: 'events.k8s.io/v1',
  resource: 'events',
  storage: { groupResource: 'events', group: '', version: 'v1' },
  createOnUpdate: true,
  table: { columns: eventColumns, row: (event, nowMs) => eventRow(toCoreEvent(event), nowMs) },
  fromStorage: (stored) => fromCoreEvent(stored as CoreV1Event),
  toStorage: toCoreEvent,
  validate: (event) => legacyEventErrors(toCoreEvent(event)),
  validateCreate: (event) => newEventErrors(toCoreEvent(event)),
  validateUpdate: (event, old) => eventUpdateErrors(toCoreEvent(event), toCoreEvent(old)),
  selectableFields: (event) => eventFields(toCoreEvent(event)),
});
