/**
 * controllers: what kube-controller-manager does (and apiextensions-apiserver to CRDs), one definition each, seeing the cluster only through #client. They
 * hold no truth: every reconcile starts from what the API shows, so a crash between any two writes converges. Beside them the
 * leases by which the parts of a control plane show that they run.
 */
export { type ComponentLeasesContext, startComponentLeases } from './component-leases/component-leases.js';
export { controllers } from './controllers.js';
export { rootCaConfigMap } from './serviceaccount/root-ca-cert-publisher.controller.js';
