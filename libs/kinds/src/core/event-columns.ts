import { timeOf } from '#apimachinery';
import { column, since, wide } from '../columns.js';
import type { CoreV1Event } from '../generated/types.js';
import type { Cell } from '../kind.js';

export const eventColumns = [
  column('Last Seen'),
  column('Type'),
  column('Reason'),
  column('Object'),
  wide('Subobject'),
  wide('Source'),
  column('Message'),
  wide('First Seen'),
  wide('Count'),
  column('Name', 'string', { priority: 1, format: 'name' }),
];

function partsText(component: string, instance: string): string {
  return instance === '' ? component : `${component}, ${instance}`;
}

/** Who saw it: the old pair of fields, or the new one. Models formatEventSource. */
function sourceText({ source, reportingComponent = '', reportingInstance = '' }: CoreV1Event): string {
  return partsText(source?.component || reportingComponent, source?.host || reportingInstance);
}

/** One line of `kubectl get events`. Models printEvent (1.36). */
export function eventRow(event: CoreV1Event, nowMs: number): Cell[] {
  const has = (time: string | undefined) => time !== undefined && timeOf(time) !== undefined;
  const first = since(has(event.firstTimestamp) ? event.firstTimestamp : event.eventTime, nowMs);
  const last = has(event.lastTimestamp) ? since(event.lastTimestamp, nowMs) : first;
  const { series, involvedObject: about } = event as Partial<CoreV1Event>;
  const kind = (about?.kind ?? '').toLowerCase();
  return [
    series ? since(series.lastObservedTime, nowMs) : last,
    event.type ?? '',
    event.reason ?? '',
    about?.name ? `${kind}/${about.name}` : kind,
    about?.fieldPath ?? '',
    sourceText(event),
    (event.message ?? '').trim(),
    first,
    series?.count ?? (event.count || 1),
    event.metadata.name ?? '',
  ];
}
