import type { CoreV1Event, EventsV1Event } from '../generated/types.js';

/**
 * One event, two shapes. They say the same under other names:
 *
 *   core/v1                         events.k8s.io/v1
 *   involvedObject                  regarding
 *   message                         note
 *   reportingComponent              reportingController
 *   source, firstTimestamp, …       deprecatedSource, deprecatedFirstTimestamp, …
 *
 * Models pkg/apis/events/v1/conversion.go (1.36).
 */
export function fromCoreEvent(stored: CoreV1Event): EventsV1Event {
  const { involvedObject, message, reportingComponent, source, firstTimestamp, lastTimestamp, count, ...same } = stored;
  return {
    ...same,
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    ...(involvedObject === undefined ? {} : { regarding: involvedObject }),
    ...(message === undefined ? {} : { note: message }),
    ...(reportingComponent === undefined ? {} : { reportingController: reportingComponent }),
    ...(source === undefined ? {} : { deprecatedSource: source }),
    ...(firstTimestamp === undefined ? {} : { deprecatedFirstTimestamp: firstTimestamp }),
    ...(lastTimestamp === undefined ? {} : { deprecatedLastTimestamp: lastTimestamp }),
    ...(count === undefined ? {} : { deprecatedCount: count }),
  } as EventsV1Event;
}

export function toCoreEvent(event: EventsV1Event): CoreV1Event {
  const {
    regarding,
    note,
    reportingController,
    deprecatedSource,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    deprecatedCount,
    ...same
  } = event;
  return {
    ...same,
    apiVersion: 'v1',
    kind: 'Event',
    involvedObject: regarding ?? {},
    ...(note === undefined ? {} : { message: note }),
    ...(reportingController === undefined ? {} : { reportingComponent: reportingController }),
    ...(deprecatedSource === undefined ? {} : { source: deprecatedSource }),
    ...(deprecatedFirstTimestamp === undefined ? {} : { firstTimestamp: deprecatedFirstTimestamp }),
    ...(deprecatedLastTimestamp === undefined ? {} : { lastTimestamp: deprecatedLastTimestamp }),
    ...(deprecatedCount === undefined ? {} : { count: deprecatedCount }),
  } as CoreV1Event;
}
