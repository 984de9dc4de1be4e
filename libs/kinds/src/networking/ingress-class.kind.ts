import { dns1123Label, dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { checkForm, checkName, IMMUTABLE } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { IngressClass, IngressClassParametersReference } from '../generated/types.js';
import { checkDomainPrefixedPath, pathSegmentName } from '../path-rules.js';

const CONTROLLER_BYTES_MAX = 250;
const SCOPES = ['Cluster', 'Namespace'];

/** Models pkg/registry/networking/ingressclass, its defaults and ValidateIngressClass (1.36). */
export const ingressClassKind = defineKind<IngressClass>({
  apiVersion: 'networking.k8s.io/v1',
  resource: 'ingressclasses',
  generation: true,
  table: tableOf<IngressClass>([column('Controller'), column('Parameters')], ({ spec }) => {
    const { kind, apiGroup, name } = spec?.parameters ?? {};
    const parameters = kind === undefined ? '<none>' : `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}`;
    return [spec?.controller ?? '', parameters];
  }),
  applyDefaults({ spec }) {
    if (spec?.parameters) spec.parameters.scope ??= 'Cluster';
  },
  validate({ spec = {} }) {
    const errors: FieldError[] = [];
    const { controller = '', parameters } = spec;
    if (Buffer.byteLength(controller) > CONTROLLER_BYTES_MAX) {
      errors.push(fieldError.tooLong('spec.controller', CONTROLLER_BYTES_MAX));
    }
    checkDomainPrefixedPath(errors, 'spec.controller', controller);
    if (parameters) checkParameters(errors, 'spec.parameters', parameters);
    return errors;
  },
  validateUpdate: ({ spec }, old) =>
    spec?.controller === old.spec?.controller
      ? []
      : [fieldError.invalid('spec.controller', spec?.controller ?? '', IMMUTABLE)],
});

/** Models validateIngressClassParametersReference (1.36). */
function checkParameters(errors: FieldError[], at: string, parameters: IngressClassParametersReference): void {
  const { apiGroup, kind, name, scope = '', namespace } = parameters;
  checkForm(errors, `${at}.apiGroup`, apiGroup, dns1123Subdomain);
  checkName(errors, `${at}.kind`, kind, pathSegmentName);
  checkName(errors, `${at}.name`, name, pathSegmentName);
  if (!SCOPES.includes(scope)) errors.push(fieldError.notSupported(`${at}.scope`, scope, SCOPES));
  else if (scope === 'Cluster') {
    if (namespace === undefined) return;
    errors.push(fieldError.forbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'"));
  } else if (namespace === undefined) {
    errors.push(fieldError.required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'"));
  } else {
    for (const why of dns1123Label(namespace)) errors.push(fieldError.invalid(`${at}.namespace`, namespace, why));
  }
}
