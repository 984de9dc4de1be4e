import { column, nameColumn } from '../columns.js';
import { defineKind } from '../define-kind.js';
import type { V1beta1StorageVersionMigration } from '../generated/types.js';

/** Models printStorageVersionMigration (1.36), which gives no age. */
export const storageVersionMigrationKind = defineKind<V1beta1StorageVersionMigration>({
  apiVersion: 'storagemigration.k8s.io/v1beta1',
  resource: 'storageversionmigrations',
  table: {
    columns: [nameColumn, column('Resource')],
    row: ({ metadata, spec }) => [metadata.name ?? '', resourceText(spec?.resource)],
  },
});

/** 'deployments.apps' */
function resourceText(resource: { group?: string; resource: string } | undefined): string {
  if (!resource) return '';
  return resource.group ? `${resource.resource}.${resource.group}` : resource.resource;
}
