import type { SandboxEnv } from '#base';
import { type KubeObject, rfc3339 } from '#apimachinery';
import { bootstrapFlows, builtInApiServices, type KindCatalog } from '#kinds';
import {
  defaultServiceAccounts,
  kubernetesService,
  namespaces,
  SYSTEM_NAMESPACES,
  systemPriorityClasses,
} from './base-objects.js';
import { clusterInfo, kubeadmPolicy } from './kubeadm-objects.js';
import type { Template } from './template.js';

/**
 * What a new cluster of three nodes holds, as kubeadm and the controllers leave it, so that they find little to do when
 * it wakes for the first time. Nodes and policy come from those who simulate them.
 */
export function starterTemplate(parts: {
  nodes(env: SandboxEnv): readonly KubeObject[];
  readonly policy: readonly KubeObject[];
  /** What the clusters serve: each version is registered. */
  readonly kinds: KindCatalog;
  readonly apiServerIp: string;
  /** PEM of the authority behind the API server's certificate. */
  readonly rootCa: string;
  /** ConfigMap kube-root-ca.crt of a namespace. */
  rootCaIn(namespace: string): KubeObject;
}): Template {
  return {
    name: 'starter',
    description: 'A small cluster: one control plane node and two workers, nothing deployed yet.',
    objects: (env) => [
      ...namespaces(),
      ...parts.policy,
      ...kubeadmPolicy(),
      ...builtInApiServices(parts.kinds),
      ...systemPriorityClasses(),
      ...bootstrapFlows(rfc3339(env.clock.nowMs())),
      ...defaultServiceAccounts(),
      ...SYSTEM_NAMESPACES.map((namespace) => parts.rootCaIn(namespace)),
      clusterInfo(parts.apiServerIp, parts.rootCa),
      ...kubernetesService(parts.apiServerIp),
      ...parts.nodes(env),
    ],
  };
}
