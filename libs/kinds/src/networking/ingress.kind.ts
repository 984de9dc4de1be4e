import { fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { loadBalancerText } from '../core/load-balancer-text.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { Ingress, IngressRule } from '../generated/types.js';
import { validateIngress, validateIngressStatus } from './ingress-validation.js';

const HOSTS_SHOWN_MAX = 3;
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

function hostsText(rules: readonly IngressRule[]): string {
  const shown = rules.slice(0, HOSTS_SHOWN_MAX).flatMap(({ host }) => (host ? [host] : []));
  if (shown.length === 0) return '*';
  const more = rules.length - HOSTS_SHOWN_MAX;
  return more > 0 ? `${shown.join(',')} + ${more} more...` : shown.join(',');
}

/** Models pkg/registry/networking/ingress and ValidateIngressCreate (1.36). */
export const ingressKind = defineKind<Ingress>({
  apiVersion: 'networking.k8s.io/v1',
  resource: 'ingresses',
  generation: true,
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
  validateCreate(ingress) {
    const errors = validateIngress(ingress);
    const { metadata, spec } = ingress;
    const named = metadata.annotations?.[CLASS_ANNOTATION];
    if (named !== undefined && spec?.ingressClassName !== undefined && named !== spec.ingressClassName) {
      const why = 'must match `ingressClassName` when both are specified';
      errors.push(fieldError.invalid(`annotations.${CLASS_ANNOTATION}`, named, why));
    }
    return errors;
  },
  validateUpdate: (ingress, old) => validateIngress(ingress, old),
  validateStatusUpdate: ({ status }) => validateIngressStatus(status?.loadBalancer),
  warnings({ metadata, spec }, old) {
    if (old || metadata.annotations?.[CLASS_ANNOTATION] === undefined || spec?.ingressClassName !== undefined)
      return [];
    return [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`];
  },
});
