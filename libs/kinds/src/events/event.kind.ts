import { defineKind } from '../define-kind.js';
import type { EventsV1Event } from '../generated/types.js';

export const eventsEventKind = defineKind<EventsV1Event>({
  apiVersion: 'events.k8s.io/v1',
  resource: 'events',
  storage: { groupResource: 'events', group: '', version: 'v1' },
});
