import { dns1035Label } from '#apimachinery';
import { column, labelsText, wide } from '../../columns.js';
import { defineKind } from '../../define-kind.js';
import { wideTableOf } from '../../generic-columns.js';
import type { Service } from '../../generated/types.js';
import { loadBalancerText } from '../load-balancer-text.js';
import { applyServiceDefaults, dropTypeDependent, keepAllocated } from './service-defaults.js';
import { normalizeAddresses, validateServiceUpdate } from './service-addresses.js';
import { validateService, validateServiceStatus } from './service-validation.js';
import { serviceWarnings } from './service-warnings.js';

/** Models getServiceExternalIP (1.36). */
function externalText({ spec, status }: Service): string {
  const own = spec?.externalIPs ?? [];
  switch (spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return own.join(',') || '<none>';
    case 'LoadBalancer':
      return [loadBalancerText(status?.loadBalancer), ...own].filter(Boolean).join(',') || '<pending>';
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

function portsText({ spec }: Service): string {
  const ports = (spec?.ports ?? []).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return ports.join(',') || '<none>';
}

/** Models pkg/registry/core/service (1.36). */
export const serviceKind = defineKind<Service>({
  apiVersion: 'v1',
  resource: 'services',
  createOnUpdate: true,
  table: wideTableOf<Service>(
    [column('Type'), column('Cluster-IP'), column('External-IP'), column('Port(s)')],
    (service) => [
      service.spec?.type ?? '',
      service.spec?.clusterIPs?.[0] || service.spec?.clusterIP || '<none>',
      externalText(service),
      portsText(service),
    ],
    [wide('Selector')],
    ({ spec }) => [labelsText(spec?.selector)],
  ),
  applyDefaults: applyServiceDefaults,
  prepareForCreate(service) {
    service.status = { loadBalancer: {} };
    normalizeAddresses(service, undefined);
  },
  prepareForUpdate(service, old) {
    service.status = old.status ?? { loadBalancer: {} };
    normalizeAddresses(service, old.spec);
    keepAllocated(service, old);
    dropTypeDependent(service, old);
  },
  validateName: (name) => dns1035Label(name),
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateServiceStatus,
  warnings: serviceWarnings,
  selectableFields: ({ spec }) => ({ 'spec.clusterIP': spec?.clusterIP ?? '', 'spec.type': spec?.type ?? '' }),
});
