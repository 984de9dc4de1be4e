import { column } from '../columns.js';
import { loadBalancerText } from '../core/load-balancer-text.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { Ingress, IngressRule } from '../generated/types.js';

const HOSTS_SHOWN_MAX = 3;

function hostsText(rules: readonly IngressRule[]): string {
  const shown = rules.slice(0, HOSTS_SHOWN_MAX).flatMap(({ host }) => (host ? [host] : []));
  if (shown.length === 0) return '*';
  const more = rules.length - HOSTS_SHOWN_MAX;
  return more > 0 ? `${shown.join(',')} + ${more} more...` : shown.join(',');
}

export const ingressKind = defineKind<Ingress>({
  apiVersion: 'networking.k8s.io/v1',
  resource: 'ingresses',
  generation: true,
  createOnUpdate: true,
  table: tableOf<Ingress>(
    [column('Class'), column('Hosts'), column('Address'), column('Ports')],
    ({ spec, status }) => [
      spec?.ingressClassName ?? '<none>',
      hostsText(spec?.rules ?? []),
      loadBalancerText(status?.loadBalancer),
      spec?.tls?.length ? '80, 443' : '80',
    ],
  ),
  prepareForCreate(ingress) {
    ingress.status = { loadBalancer: {} };
  },
  prepareForUpdate(ingress, old) {
    ingress.status = old.status ?? { loadBalancer: {} };
  },
});
