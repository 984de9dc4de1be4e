import { defineKind } from '../define-kind.js';
import type { SandboxTemplate } from '../sandkube/sandkube-objects.js';

export const sandboxTemplateKind = defineKind<SandboxTemplate>({
  apiVersion: 'sandkube.dev/v1alpha1',
  resource: 'sandboxtemplates',
});
