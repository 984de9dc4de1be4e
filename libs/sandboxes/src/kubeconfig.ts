import { StatusError } from '#apimachinery';
import type { SandboxId } from '#base';
import type { SubresourceHandler } from '#registry';
import { sandboxIdOf } from './identity.js';

/**
 * `sandboxes/kubeconfig`: an admin kubeconfig of the sandbox, as YAML text. Whoever may get this subresource on the host
 * is the sandbox's administrator.
 */
export function kubeconfigHandler(parts: {
  /** undefined until the sandbox is provisioned. */
  kubeconfigOf(id: SandboxId): Promise<string | undefined>;
}): SubresourceHandler {
  return async (_ctx, { kind, namespace, name }) => {
    const text = await parts.kubeconfigOf(sandboxIdOf(namespace ?? '', name));
    if (text === undefined)
      throw StatusError.notFound({ group: kind.group, resource: `${kind.resource}/kubeconfig` }, name);
    return { status: 200, text };
  };
}
