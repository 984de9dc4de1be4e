import type { KubeObject } from '#apimachinery';
import { defaultServiceAccounts, namespaces } from './base-objects.js';
import { sandboxControllerPolicy } from './host-policy.js';
import type { Template } from './template.js';

/** What the management plane starts with: policy, the tenant `default`, the templates on offer and the first sandbox. */
export function hostTemplate(parts: {
  readonly policy: readonly KubeObject[];
  readonly templates: readonly Template[];
}): Template {
  const offered = parts.templates.map((template) => ({
    apiVersion: 'sandkube.dev/v1alpha1',
    kind: 'SandboxTemplate',
    metadata: { name: template.name },
    spec: { description: template.description },
  }));
  const first = {
    apiVersion: 'sandkube.dev/v1alpha1',
    kind: 'Sandbox',
    metadata: { name: 'default', namespace: 'default' },
    spec: { template: 'starter' },
  };
  return {
    name: 'host',
    description: 'The management plane.',
    objects: () => [
      ...namespaces(),
      ...parts.policy,
      ...sandboxControllerPolicy(),
      ...defaultServiceAccounts(),
      ...offered,
      first,
    ],
  };
}
