import type { KubeObject } from '#apimachinery';
import { column } from '../columns.js';
import { type Table, tableOf } from '../generic-columns.js';

/** What all versions of a ResourceClaim have in common. */
interface Claim extends KubeObject {
  status?: { allocation?: object; reservedFor?: readonly object[] };
}

/** Models printResourceClaim (1.36). */
export const claimTable: Table<Claim> = tableOf<Claim>([column('State')], (claim) => [stateOf(claim)]);

/** 'allocated,reserved', 'deleted,allocated', 'pending' */
function stateOf({ metadata, status }: Claim): string {
  const isDeleted = metadata.deletionTimestamp !== undefined;
  const { allocation, reservedFor = [] } = status ?? {};
  return [
    ...(isDeleted ? ['deleted'] : []),
    ...(allocation ? ['allocated'] : isDeleted ? [] : ['pending']),
    ...(allocation && reservedFor.length > 0 ? ['reserved'] : []),
  ].join(',');
}
