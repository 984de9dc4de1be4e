import { defineKind } from '../define-kind.js';
import type { CoreV1Event } from '../generated/types.js';
import { legacyEventErrors } from './event-validation.js';
import { eventColumns, eventRow } from './event-columns.js';

/** Models pkg/registry/core/event and ValidateEventCreate for core/v1 (1.36). */
export const eventKind = defineKind<CoreV1Event>({
  apiVersion: 'v1',
  resource: 'events',
  createOnUpdate: true,
  table: { columns: eventColumns, row: eventRow },
  validate: legacyEventErrors,
  selectableFields: eventFields,
});

/** By the names of both groups, as both read one store. Models the field labels of core/v1 and events.k8s.io/v1 (1.36). */
export function eventFields(event: CoreV1Event): Record<string, string> {
  const about = event.involvedObject;
  return {
    'regarding.kind': about?.kind ?? '',
    'regarding.namespace': about?.namespace ?? '',
    'regarding.name': about?.name ?? '',
    'regarding.uid': about?.uid ?? '',
    'regarding.apiVersion': about?.apiVersion ?? '',
    'regarding.resourceVersion': about?.resourceVersion ?? '',
    'regarding.fieldPath': about?.fieldPath ?? '',
    reportingController: event.reportingComponent || event.source?.component || '',
    'involvedObject.kind': about?.kind ?? '',
    'involvedObject.namespace': about?.namespace ?? '',
    'involvedObject.name': about?.name ?? '',
    'involvedObject.uid': about?.uid ?? '',
    'involvedObject.apiVersion': about?.apiVersion ?? '',
    'involvedObject.resourceVersion': about?.resourceVersion ?? '',
    'involvedObject.fieldPath': about?.fieldPath ?? '',
    reason: event.reason ?? '',
    reportingComponent: event.reportingComponent || event.source?.component || '',
    source: event.source?.component || event.reportingComponent || '',
    type: event.type ?? '',
  };
}
