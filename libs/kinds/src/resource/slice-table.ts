import type { KubeObject } from '#apimachinery';
import { column } from '../columns.js';
import { type Table, tableOf } from '../generic-columns.js';

/** What all versions of a ResourceSlice have in common. */
interface Slice extends KubeObject {
  spec?: { nodeName?: string; driver?: string; pool?: { name?: string } };
}

/** Models printResourceSlice (1.36). */
export const sliceTable: Table<Slice> = tableOf<Slice>(
  [column('Node'), column('Driver'), column('Pool')],
  ({ spec }) => [spec?.nodeName ?? '', spec?.driver ?? '', spec?.pool?.name ?? ''],
);
