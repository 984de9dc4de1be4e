import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { ServiceAccount } from '../generated/types.js';

/** Models pkg/registry/core/serviceaccount (1.36). Tokens are a handler's. */
export const serviceAccountKind = defineKind<ServiceAccount>({
  apiVersion: 'v1',
  resource: 'serviceaccounts',
  table: tableOf<ServiceAccount>([column('Secrets', 'integer')], ({ secrets }) => [secrets?.length ?? 0]),
  prepareForCreate: namesOnly,
  prepareForUpdate: namesOnly,
});

/** Of the Secrets it may use only the names count: they are in its namespace. */
function namesOnly(account: ServiceAccount): void {
  if (account.secrets) account.secrets = account.secrets.map(({ name }) => (name === undefined ? {} : { name }));
}
