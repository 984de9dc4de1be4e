import { column, firstOnes } from '../columns.js';
import { defineKind, statusAlone } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { V1alpha1StorageVersion } from '../generated/types.js';
import { storageVersionName, storageVersionStatusErrors } from './storage-version-rules.js';

/** Models pkg/registry/apiserverinternal/storageversion and printStorageVersion (1.36). */
export const storageVersionKind = defineKind<V1alpha1StorageVersion>({
  apiVersion: 'internal.apiserver.k8s.io/v1alpha1',
  resource: 'storageversions',
  table: tableOf<V1alpha1StorageVersion>([column('CommonEncodingVersion'), column('StorageVersions')], ({ status }) => [
    status?.commonEncodingVersion ?? '<unset>',
    versionsText(status?.storageVersions ?? []),
  ]),
  unconditionalUpdate: false,
  validateName: storageVersionName,
  validateStatusUpdate: ({ status }) => storageVersionStatusErrors(status),
  subresources: [statusAlone<V1alpha1StorageVersion>()],
});

/** 'server-a=apps/v1,server-b=apps/v1 + 2 more...' */
function versionsText(all: readonly { apiServerID?: string; encodingVersion?: string }[]): string {
  return firstOnes(all.map(({ apiServerID = '', encodingVersion = '' }) => `${apiServerID}=${encodingVersion}`));
}
