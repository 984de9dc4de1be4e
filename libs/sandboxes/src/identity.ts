import { HOST_SANDBOX_ID, invariant, type SandboxId, sandboxId } from '#base';

/**
 * The id under which a Sandbox is served and stored: its name in namespace `default`, else `namespace.name`.
 * Unambiguous, since names of sandboxes are DNS labels (no dots). The one name that would meet the host's id is
 * written in full.
 */
export function sandboxIdOf(namespace: string, name: string): SandboxId {
  const short = namespace === 'default' && name !== HOST_SANDBOX_ID;
  const id = sandboxId(short ? name : `${namespace}.${name}`);
  invariant(id, `sandbox ${namespace}/${name} has no valid id`);
  return id;
}
