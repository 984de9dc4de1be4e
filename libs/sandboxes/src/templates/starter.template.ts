import type { SandboxEnv } from '#base';
import type { KubeObject } from '#apimachinery';
import { defaultServiceAccounts, kubernetesService, namespaces, systemPriorityClasses } from './base-objects.js';
import type { Template } from './template.js';

/** What a new cluster of three nodes holds, as kubeadm leaves it. Nodes and policy come from those who simulate them. */
export function starterTemplate(parts: {
  nodes(env: SandboxEnv): readonly KubeObject[];
  readonly policy: readonly KubeObject[];
  readonly apiServerIp: string;
}): Template {
  return {
    name: 'starter',
    description: 'A small cluster: one control plane node and two workers, nothing deployed yet.',
    objects: (env) => [
      ...namespaces(),
      ...parts.policy,
      ...systemPriorityClasses(),
      ...defaultServiceAccounts(),
      ...kubernetesService(parts.apiServerIp),
      ...parts.nodes(env),
    ],
  };
}
