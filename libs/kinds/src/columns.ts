import { humanDuration, type KubeObject, type TableColumn, timeOf } from '#apimachinery';

/** A column of `kubectl get`; priority 0 always, 1 with -o wide. `description` is for clients that show it. */
export function column(
  name: string,
  type: TableColumn['type'] = 'string',
  more: { priority?: number; format?: string; description?: string } = {},
): TableColumn {
  return { name, type, format: more.format ?? '', description: more.description ?? '', priority: more.priority ?? 0 };
}

/** Only with -o wide. */
export function wide(name: string, type: TableColumn['type'] = 'string'): TableColumn {
  return column(name, type, { priority: 1 });
}

export const nameColumn: TableColumn = column('Name', 'string', {
  format: 'name',
  description: 'Name must be unique within a namespace (or in the cluster, for kinds without namespace).',
});

export const ageColumn: TableColumn = column('Age', 'string', {
  description: 'Time since the object was created, on the clock of its cluster.',
});

/** Distance of a timestamp from now, humanised; '<unknown>' when there is none. */
export function since(timestamp: string | undefined | null, nowMs: number): string {
  const ms = timestamp ? timeOf(timestamp) : undefined;
  return ms === undefined ? '<unknown>' : humanDuration(nowMs - ms);
}

export function ageOf(object: KubeObject, nowMs: number): string {
  return since(object.metadata.creationTimestamp, nowMs);
}

/** 'a=1,b=2' in key order, '<none>' when empty. Models labels.FormatLabels. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(labels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${value}`).join(',');
}

/** 'a,b,c + 2 more...': the first ones of a list. Models listWithMoreString of printers (1.36). */
export function firstOnes(all: readonly string[], max = 3, separator = ','): string {
  const shown = all.slice(0, max).join(separator);
  return all.length > max ? `${shown} + ${all.length - max} more...` : shown;
}
