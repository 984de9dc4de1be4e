import { findCondition, rfc3339 } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { APIService } from '../generated/types.js';
import { validateApiService, validateApiServiceStatus } from './api-service-validation.js';

function availableText({ status }: APIService): string {
  const available = findCondition(status?.conditions, 'Available');
  if (!available) return 'Unknown';
  return available.status === 'True' || !available.reason
    ? available.status
    : `${available.status} (${available.reason})`;
}

/** Models kube-aggregator's registry/apiservice and apis/apiregistration (1.36). */
export const apiServiceKind = defineKind<APIService>({
  apiVersion: 'apiregistration.k8s.io/v1',
  resource: 'apiservices',
  applyDefaults({ spec }) {
    if (spec?.service) spec.service.port ??= 443;
  },
  /** What the server itself answers is there at once; for the others somebody has to look. */
  prepareForCreate(one, { clock }) {
    if (one.spec?.service) {
      delete one.status;
      return;
    }
    const local = {
      ...{ type: 'Available', status: 'True', lastTransitionTime: rfc3339(clock.nowMs()) },
      ...{ reason: 'Local', message: 'Local APIServices are always available' },
    };
    one.status = { conditions: [local] };
  },
  // The name's rule depends on the spec: it is part of `validate`.
  validateName: () => [],
  validate: validateApiService,
  validateStatusUpdate: validateApiServiceStatus,
  table: tableOf<APIService>([column('Service'), column('Available')], (one) => {
    const service = one.spec?.service;
    return [service ? `${service.namespace}/${service.name}` : 'Local', availableText(one)];
  }),
});
