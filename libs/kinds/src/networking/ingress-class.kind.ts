import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { IngressClass } from '../generated/types.js';

export const ingressClassKind = defineKind<IngressClass>({
  apiVersion: 'networking.k8s.io/v1',
  resource: 'ingressclasses',
  generation: true,
  createOnUpdate: true,
  table: tableOf<IngressClass>([column('Controller'), column('Parameters')], ({ spec }) => {
    const { kind, apiGroup, name } = spec?.parameters ?? {};
    const parameters = kind === undefined ? '<none>' : `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}`;
    return [spec?.controller ?? '', parameters];
  }),
});
