import { isConditionTrue, rfc3339, setCondition } from '#apimachinery';
import { defineKind } from '../define-kind.js';
import type { CustomResourceDefinition } from '../generated/types.js';
import { decodeSchemas } from './schema-decoding.js';
import { validateDefinition, validateDefinitionStatus } from './definition-validation.js';

/** Holds a CRD until its instances are gone. */
export const CUSTOM_RESOURCE_CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/** Models apis/apiextensions/v1 defaults, registry/customresourcedefinition and apis/apiextensions/validation (1.36). */
export const customResourceDefinitionKind = defineKind<CustomResourceDefinition>({
  apiVersion: 'apiextensions.k8s.io/v1',
  resource: 'customresourcedefinitions',
  generation: true,
  applyDefaults(definition) {
    const { spec } = definition;
    // Go's zero values, so that validation finds what is missing.
    spec.names ??= { plural: '', kind: '' };
    spec.versions ??= [];
    decodeSchemas(definition);
    const { names } = spec;
    if (names.kind) {
      names.singular ||= names.kind.toLowerCase();
      names.listKind ||= `${names.kind}List`;
    }
    spec.conversion ??= { strategy: 'None' };
    const service = spec.conversion.webhook?.clientConfig?.service;
    if (service) service.port ??= 443;
  },
  prepareForCreate(definition) {
    definition.status = { storedVersions: storedVersions(definition, []) };
  },
  prepareForUpdate(definition, old) {
    const status = { ...old.status };
    status.storedVersions = storedVersions(definition, old.status?.storedVersions ?? []);
    definition.status = status;
  },
  validateCreate: (definition) => validateDefinition(definition),
  validateUpdate: (definition, old) => validateDefinition(definition, old),
  validateStatusUpdate: (definition) => validateDefinitionStatus(definition),
  beforeDelete(definition, { clock }) {
    const { finalizers = [] } = definition.metadata;
    const conditions = definition.status?.conditions ?? [];
    const held = finalizers.includes(CUSTOM_RESOURCE_CLEANUP);
    const terminating = {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
      lastTransitionTime: rfc3339(clock.nowMs()),
    };
    return {
      ...definition,
      metadata: { ...definition.metadata, finalizers: held ? finalizers : [...finalizers, CUSTOM_RESOURCE_CLEANUP] },
      status: {
        ...definition.status,
        conditions: isConditionTrue(conditions, 'Terminating')
          ? conditions
          : [...setCondition(conditions, terminating)],
      },
    };
  },
});

/** Every version that instances may be stored in: it grows here, and shrinks only through status. */
function storedVersions({ spec }: CustomResourceDefinition, before: readonly string[]): string[] {
  const storage = (spec.versions ?? []).filter(({ storage: is }) => is).map(({ name }) => name);
  return [...before, ...storage.filter((name) => !before.includes(name))];
}
