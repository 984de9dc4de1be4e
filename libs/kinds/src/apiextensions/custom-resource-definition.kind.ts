import { defineKind } from '../define-kind.js';
import type { CustomResourceDefinition } from '../generated/types.js';

/** What clients may leave out of names. Models SetDefaults_CustomResourceDefinitionSpec (1.36). */
export const customResourceDefinitionKind = defineKind<CustomResourceDefinition>({
  apiVersion: 'apiextensions.k8s.io/v1',
  resource: 'customresourcedefinitions',
  generation: true,
  applyDefaults({ spec }) {
    const { names } = spec;
    if (names) {
      names.singular ||= names.kind.toLowerCase();
      names.listKind ||= `${names.kind}List`;
    }
    spec.conversion ??= { strategy: 'None' };
  },
});
