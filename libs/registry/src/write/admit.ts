import type { AdmissionReads, AdmissionRequest, Operation } from '#admission';
import { invariant, revision, type SandboxId } from '#base';
import { apiVersionOf, encodeCanonical, type GroupVersionKind, type KubeObject } from '#apimachinery';
import { type Decision, GROUP_MASTERS } from '#auth';
import { type Kind, storageKey, storagePrefix } from '#kinds';
import { StoreError, type Write } from '#storage';
import { convertObjects } from '../conversion/conversion-webhook.js';
import { convertStored } from '../conversion/stored-conversion.js';
import { facetsOf } from '../facets.js';
import type { Parts } from '../parts.js';
import type { RequestContext, Target } from '../request.js';
import { statusOf } from '../store-failure.js';
import { subjectOf } from '../subject.js';
import { commit } from './commit.js';

/** Reads of the same cluster for plugins, handlers and the authorizer: from memory, parsed once. */
export function readsOf(parts: AdmissionParts, sandbox: SandboxId, endMs = Infinity): AdmissionReads {
  return {
    remainingMs: () => endMs - parts.clock.monotonicMs(),
    async convert(from, to, object) {
      invariant(from.conversion, 'only kinds with a conversion webhook are converted by one');
      const [converted] = await convertObjects(parts, sandbox, from.conversion, [object], apiVersionOf(to));
      return converted!;
    },
    choice: parts.pluginChoiceOf?.(sandbox),
    configurations: parts.configurationsOf?.(sandbox),
    webhooks: parts.webhooks,
    async get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): Promise<T | undefined> {
      const stored = await parts.store.get(sandbox, storageKey(kind, namespace, name));
      if (stored && kind.conversion) await convertStored(parts, sandbox, kind, [stored]);
      return stored && parts.parsed.served(kind, stored);
    },
    async list<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined): Promise<readonly T[]> {
      const page = await parts.store.list(sandbox, { prefix: storagePrefix(kind, namespace) });
      if (kind.conversion) await convertStored(parts, sandbox, kind, page.items);
      return page.items.map((stored) => parts.parsed.served(kind, stored));
    },
    authorize: async (user, attributes) =>
      user.groups.includes(GROUP_MASTERS) ? MASTER : parts.authorizerOf(sandbox).authorize(user, attributes),
    replace: (kind, objects) => replace(parts, sandbox, kind, objects),
  };
}

/** Writes take no longer, whatever their client waits for. As upstream's requestTimeoutUpperBound (1.36). */
const WRITE_MS_MAX = 34_000;

/** The same for one write, which ends when its client's time or its own is over. */
export function admissionReads(parts: AdmissionParts, { env, endMs = Infinity }: RequestContext): AdmissionReads {
  return readsOf(parts, env.id, Math.min(endMs, parts.clock.monotonicMs() + WRITE_MS_MAX));
}

const MASTER: Decision = { allowed: true, reason: '' };

type AdmissionParts = Pick<
  Parts,
  'store' | 'parsed' | 'published' | 'authorizerOf' | 'pluginChoiceOf' | 'configurationsOf' | 'webhooks' | 'clock'
>;

/** For plugins alone: kinds of their own bookkeeping have no views of other versions and nothing that is encrypted. */
async function replace<T extends KubeObject>(
  parts: AdmissionParts,
  sandbox: SandboxId,
  kind: Kind<T>,
  objects: readonly T[],
): Promise<boolean> {
  const writes = objects.map((object): Write => {
    const { namespace = '', name = '', resourceVersion } = object.metadata;
    return {
      key: storageKey(kind, namespace, name),
      expected: revision(Number(resourceVersion)),
      op: 'put',
      text: encodeCanonical(object),
      facets: facetsOf(kind as Kind, object),
    };
  });
  try {
    await commit(parts, sandbox, writes);
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'conflict') return false;
    throw statusOf(error, { ...subjectOf(kind as Kind), name: objects[0]?.metadata.name ?? '' });
  }
}

export interface Admitted {
  readonly operation: Operation;
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
  readonly dryRun: boolean;
  readonly options: AdmissionRequest['options'];
  readonly bodyKind?: GroupVersionKind;
}

export function admissionRequest(ctx: RequestContext, target: Target, admitted: Admitted): AdmissionRequest {
  const { annotate } = ctx;
  return {
    env: ctx.env,
    user: ctx.user,
    kind: target.kind,
    kinds: ctx.kinds,
    subresource: target.subresource ?? '',
    ...viewOf(target, admitted),
    namespace: target.namespace ?? '',
    name: target.name ?? admitted.object?.metadata.name ?? '',
    ...admitted,
    ...(annotate ? { annotate: (key: string, value: string) => annotate.call(ctx, key, value) } : {}),
    warn: (message) => ctx.warn(message),
  };
}

function viewOf({ kind, subresource }: Target, { bodyKind }: Admitted): Pick<AdmissionRequest, 'view'> {
  if (!subresource || bodyKind) return {};
  const view = kind.subresources.find(({ name }) => name === subresource);
  return view?.project ? { view } : {};
}

/** Both phases for what has no steps of its own in between: bodies of subresources, reviews. */
export async function admit(parts: Parts, ctx: RequestContext, target: Target, admitted: Admitted): Promise<void> {
  const request = admissionRequest(ctx, target, admitted);
  const reads = admissionReads(parts, ctx);
  const end = ctx.trace.start('admission', { phase: 'both' });
  await parts.admission.mutate(request, reads);
  await parts.admission.validate(request, reads);
  end();
}
