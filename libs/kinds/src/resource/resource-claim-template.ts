import {
  deepEqual,
  type FieldError,
  fieldError,
  type KubeObject,
  validateAnnotations,
  validateLabels,
} from '#apimachinery';
import type { KindSource } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import { agedTable } from '../generic-columns.js';
import type { ResourceClaimTemplate } from '../generated/types.js';
import { checkDeviceClaim } from './device-claim-rules.js';

/**
 * Of every version; rules and errors are of the shape of v1, which `v1Of` gives.
 * Models pkg/registry/resource/resourceclaimtemplate and ValidateResourceClaimTemplate (1.36).
 */
export function resourceClaimTemplateRules<T extends KubeObject & { spec: object }>(
  v1Of: (template: T) => ResourceClaimTemplate,
): Omit<KindSource<T>, 'apiVersion'> {
  const specErrors = (template: T): FieldError[] => {
    const { spec: { metadata, spec } = {} } = v1Of(template) as Partial<ResourceClaimTemplate>;
    const errors = [
      ...validateAnnotations(metadata?.annotations, 'spec.metadata.annotations'),
      ...validateLabels(metadata?.labels, 'spec.metadata.labels'),
    ];
    checkDeviceClaim(errors, 'spec.spec.devices', spec?.devices);
    return errors;
  };
  return {
    resource: 'resourceclaimtemplates',
    table: agedTable,
    validateCreate: specErrors,
    validateUpdate(template, old) {
      if (deepEqual(template.spec ?? {}, old.spec ?? {})) return [];
      return [...specErrors(template), fieldError.invalid('spec', v1Of(template).spec, IMMUTABLE)];
    },
  };
}
