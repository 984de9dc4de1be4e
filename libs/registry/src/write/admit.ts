import type { AdmissionReads, AdmissionRequest, Operation } from '#admission';
import type { SandboxId } from '#base';
import type { KubeObject } from '#apimachinery';
import { type Kind, storageKey, storagePrefix } from '#kinds';
import type { Parts } from '../parts.js';
import type { RequestContext, Target } from '../request.js';

/** Reads of the same cluster for plugins, handlers and the authorizer: from memory, parsed once. */
export function readsOf(parts: Pick<Parts, 'store' | 'parsed'>, sandbox: SandboxId): AdmissionReads {
  return {
    async get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): Promise<T | undefined> {
      const stored = await parts.store.get(sandbox, storageKey(kind, namespace, name));
      return stored && parts.parsed.served(kind, stored);
    },
    async list<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined): Promise<readonly T[]> {
      const page = await parts.store.list(sandbox, { prefix: storagePrefix(kind, namespace) });
      return page.items.map((stored) => parts.parsed.served(kind, stored));
    },
  };
}

export interface Admitted {
  readonly operation: Operation;
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
  readonly dryRun: boolean;
}

export function admissionRequest(ctx: RequestContext, target: Target, admitted: Admitted): AdmissionRequest {
  return {
    env: ctx.env,
    user: ctx.user,
    kind: target.kind,
    subresource: target.subresource ?? '',
    namespace: target.namespace ?? '',
    name: target.name ?? admitted.object?.metadata.name ?? '',
    ...admitted,
    warn: (message) => ctx.warn(message),
  };
}
