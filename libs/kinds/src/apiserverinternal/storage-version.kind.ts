import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { V1alpha1StorageVersion } from '../generated/types.js';

const SHOWN_MAX = 3;

/** Models printStorageVersion (1.36). */
export const storageVersionKind = defineKind<V1alpha1StorageVersion>({
  apiVersion: 'internal.apiserver.k8s.io/v1alpha1',
  resource: 'storageversions',
  table: tableOf<V1alpha1StorageVersion>([column('CommonEncodingVersion'), column('StorageVersions')], ({ status }) => [
    status?.commonEncodingVersion ?? '<unset>',
    versionsText(status?.storageVersions ?? []),
  ]),
});

/** 'server-a=apps/v1,server-b=apps/v1 + 2 more...' */
function versionsText(all: readonly { apiServerID?: string; encodingVersion?: string }[]): string {
  const shown = all.slice(0, SHOWN_MAX).map((one) => `${one.apiServerID ?? ''}=${one.encodingVersion ?? ''}`);
  return all.length > SHOWN_MAX ? `${shown.join(',')} + ${all.length - SHOWN_MAX} more...` : shown.join(',');
}
