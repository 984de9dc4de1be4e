import { findCondition } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { APIService } from '../generated/types.js';

function availableText({ status }: APIService): string {
  const available = findCondition(status?.conditions, 'Available');
  if (!available) return 'Unknown';
  return available.status === 'True' || !available.reason
    ? available.status
    : `${available.status} (${available.reason})`;
}

export const apiServiceKind = defineKind<APIService>({
  apiVersion: 'apiregistration.k8s.io/v1',
  resource: 'apiservices',
  table: tableOf<APIService>([column('Service'), column('Available')], (one) => {
    const service = one.spec?.service;
    return [service ? `${service.namespace}/${service.name}` : 'Local', availableText(one)];
  }),
});
