import type { KubeObject } from '#apimachinery';
import { column, nameColumn } from '../columns.js';
import type { Table } from '../generic-columns.js';

/** What all versions of a ClusterTrustBundle have in common. */
interface Bundle extends KubeObject {
  spec?: { signerName?: string };
}

/** Models printClusterTrustBundle (1.36), which gives no age. */
export const trustBundleTable: Table<Bundle> = {
  columns: [nameColumn, column('SignerName')],
  row: ({ metadata, spec }) => [metadata.name ?? '', spec?.signerName ?? ''],
};
