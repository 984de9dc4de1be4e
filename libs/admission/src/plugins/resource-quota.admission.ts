import type { SandboxEnv } from '#base';
import { StatusError } from '#apimachinery';
import { type ResourceQuota, resourceQuotaKind } from '#kinds';
import { chargedQuotas, evaluatorFor, isNeverCounted } from '#quota';
import type { AdmissionPlugin, AdmissionReads, AdmissionRequest } from '../plugin.js';
import { refusal } from '../refusal.js';

/** Somebody else (the controller) may write a quota between our read and our write; so often in a row is a fault. */
const ATTEMPTS_MAX = 16;

/** One request that waits for its turn at the quotas of its namespace. */
interface Waiting {
  readonly request: AdmissionRequest;
  readonly reads: AdmissionReads;
  /** Checked, and charged to nobody: a dry run, or a create that will find its name taken. */
  readonly onlyAsks: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Nothing enters a namespace beyond its quotas. Stands last: what it has charged is as good as written. Models plugin
 * resourcequota (1.36); a create that fails afterwards stays charged until the resource quota controller counts again.
 *
 * Requests of one namespace that arrive while others are charged are charged together next, so that any number of them
 * costs two writes: one of quotas, then those of the objects in one flush.
 *
 *   a ──► charge(a), write ──► a goes on
 *   b ──►      wait       ──► charge(b, c) one after the other, write once ──► b and c go on
 *   c ──►      wait
 */
export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  handles: ({ operation, namespace, kind, subresource }) =>
    namespace !== '' &&
    kind.namespaced &&
    (operation === 'CREATE' || operation === 'UPDATE') &&
    !isNeverCounted(kind.group, kind.resource) &&
    evaluatorFor(kind.group, kind.resource).handles(operation, subresource),
  async validate(request, reads) {
    if ((await reads.list(resourceQuotaKind, request.namespace)).length === 0) return;
    const onlyAsks = request.dryRun || (await isTaken(request, reads));
    await new Promise<void>((resolve, reject) => {
      enqueue({ request, reads, onlyAsks, resolve, reject });
    });
  },
};

async function isTaken({ operation, kind, namespace, object }: AdmissionRequest, reads: AdmissionReads) {
  const { name } = object?.metadata ?? {};
  return operation === 'CREATE' && !!name && (await reads.get(kind, namespace, name)) !== undefined;
}

/** By cluster and namespace; a line that is empty is gone. */
const lines = new WeakMap<SandboxEnv, Map<string, Waiting[]>>();

function enqueue(waiting: Waiting): void {
  const { env, namespace } = waiting.request;
  let ofCluster = lines.get(env);
  if (!ofCluster) lines.set(env, (ofCluster = new Map()));
  const line = ofCluster.get(namespace);
  if (line) return void line.push(waiting);
  ofCluster.set(namespace, [waiting]);
  void serve(ofCluster, namespace);
}

async function serve(ofCluster: Map<string, Waiting[]>, namespace: string): Promise<void> {
  for (;;) {
    const batch = ofCluster.get(namespace)!.splice(0);
    if (batch.length === 0) return void ofCluster.delete(namespace);
    try {
      await chargeAll(batch, namespace);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

async function chargeAll(batch: readonly Waiting[], namespace: string): Promise<void> {
  const { reads } = batch[0]!;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const before = await reads.list(resourceQuotaKind, namespace);
    const refusals = new Map<Waiting, Error>();
    let quotas: readonly ResourceQuota[] = before;
    for (const waiting of batch) {
      const charged = chargeOne(quotas, waiting.request);
      if (charged instanceof Error) refusals.set(waiting, charged);
      else if (!waiting.onlyAsks) quotas = charged;
    }
    const changed = quotas.filter((quota, index) => quota !== before[index]);
    if (changed.length > 0 && !(await reads.replace(resourceQuotaKind, changed))) continue;
    for (const waiting of batch) {
      const refused = refusals.get(waiting);
      if (refused) waiting.reject(refused);
      else waiting.resolve();
    }
    return;
  }
  throw StatusError.internal(`resource quota evaluation of namespace ${namespace} was overtaken ${ATTEMPTS_MAX} times`);
}

function chargeOne(
  quotas: readonly ResourceQuota[],
  request: AdmissionRequest,
): readonly ResourceQuota[] | StatusError {
  const { kind, operation, object, old, env } = request;
  if (!object) return quotas;
  const evaluator = evaluatorFor(kind.group, kind.resource);
  const charged = chargedQuotas(quotas, evaluator, { operation, object, old, nowMs: env.clock.nowMs() });
  return 'refusal' in charged ? refusal(request, charged.refusal) : charged;
}
