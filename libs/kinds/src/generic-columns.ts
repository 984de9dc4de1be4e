import { type KubeObject, rfc3339, type TableColumn, timeOf } from '#apimachinery';
import { ageColumn, ageOf, column, nameColumn } from './columns.js';
import type { Cell } from './kind.js';

export interface Table<T extends KubeObject> {
  readonly columns: readonly TableColumn[];
  row(object: T, nowMs: number): Cell[];
}

const createdAtColumn: TableColumn = column('Created At', 'date', { description: 'When the object was created.' });

/** What upstream prints for resources without a printer of their own: Name and Created At. */
export const plainTable: Table<KubeObject> = {
  columns: [nameColumn, createdAtColumn],
  row: ({ metadata }) => {
    const ms = metadata.creationTimestamp ? timeOf(metadata.creationTimestamp) : undefined;
    return [metadata.name ?? '', ms === undefined ? '<unknown>' : rfc3339(ms)];
  },
};

/** Name, what `cells` gives, Age: the shape of most tables. */
export function tableOf<T extends KubeObject>(
  columns: readonly TableColumn[],
  cells: (object: T, nowMs: number) => Cell[],
): Table<T> {
  return {
    columns: [nameColumn, ...columns, ageColumn],
    row: (object, nowMs) => [object.metadata.name ?? '', ...cells(object, nowMs), ageOf(object, nowMs)],
  };
}

/** The same with columns after Age, which only -o wide shows. */
export function wideTableOf<T extends KubeObject>(
  columns: readonly TableColumn[],
  cells: (object: T, nowMs: number) => Cell[],
  wideColumns: readonly TableColumn[],
  wideCells: (object: T, nowMs: number) => Cell[],
): Table<T> {
  const narrow = tableOf(columns, cells);
  return {
    columns: [...narrow.columns, ...wideColumns],
    row: (object, nowMs) => [...narrow.row(object, nowMs), ...wideCells(object, nowMs)],
  };
}

/** Name and Age alone. */
export const agedTable: Table<KubeObject> = tableOf([], () => []);
