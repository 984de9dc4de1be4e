import { type Ingress, ingressClassKind } from '#kinds';
import { defaultOf } from '../default-of.js';
import type { AdmissionPlugin } from '../plugin.js';

const LEGACY_CLASS = 'kubernetes.io/ingress.class';
const DEFAULT = ['ingressclass.kubernetes.io/is-default-class'];

/** An ingress that names no class gets the default one, if there is one. Models plugin network/defaultingressclass (1.36). */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  handles: ({ kind, operation, subresource }) =>
    kind.group === 'networking.k8s.io' && kind.resource === 'ingresses' && subresource === '' && operation === 'CREATE',
  async mutate(request, reads) {
    const ingress = request.object as Ingress;
    if (ingress.spec?.ingressClassName !== undefined) return;
    if (Object.hasOwn(ingress.metadata.annotations ?? {}, LEGACY_CLASS)) return;
    const found = defaultOf(await reads.list(ingressClassKind, undefined), DEFAULT);
    if (found) ingress.spec = { ...ingress.spec, ingressClassName: found.metadata.name ?? '' };
  },
};
