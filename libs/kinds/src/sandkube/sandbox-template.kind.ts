import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { SandboxTemplate } from './sandkube-objects.js';

export const sandboxTemplateKind = defineKind<SandboxTemplate>({
  apiVersion: 'sandkube.dev/v1alpha1',
  resource: 'sandboxtemplates',
  generation: true,
  table: tableOf<SandboxTemplate>([column('Description')], ({ spec }) => [spec?.description ?? '']),
});
