import type { FieldError } from '#apimachinery';
import { templateCells } from '../apps/workload-columns.js';
import { column, labelsText, nameColumn } from '../columns.js';
import { defineKind } from '../define-kind.js';
import type { PodTemplate } from '../generated/types.js';
import { applyPodSpecDefaults } from './pod/pod-spec-defaults.js';
import { checkTemplate } from './pod/pod-validation.js';
import { templateWarnings } from './pod/pod-warnings.js';

/** Models pkg/registry/core/podtemplate and ValidatePodTemplate (1.36). */
export const podTemplateKind = defineKind<PodTemplate>({
  apiVersion: 'v1',
  resource: 'podtemplates',
  warnings: ({ template }) => templateWarnings('template', template),
  generation: true,
  createOnUpdate: true,
  table: {
    columns: [nameColumn, column('Containers'), column('Images'), column('Pod Labels')],
    row: ({ metadata, template }) => [
      metadata.name ?? '',
      ...templateCells(template),
      labelsText(template?.metadata?.labels),
    ],
  },
  applyDefaults({ template }) {
    if (template?.spec) applyPodSpecDefaults(template.spec);
  },
  validate({ template }) {
    const errors: FieldError[] = [];
    checkTemplate(errors, 'template', template ?? {});
    return errors;
  },
});
