import { deepEqual } from '#apimachinery';
import { type Attributes, isExempt, seenAs } from '../dynamic/attributes.js';
import { takeOver } from '../dynamic/changed-object.js';
import type { AdmissionPlugin, AdmissionReads, AdmissionRequest } from '../plugin.js';
import type { Reinvocation } from '../reinvocation.js';
import { Reinvoked } from '../reinvoked.js';
import { callHook, failureOf, HookFailure, isLate } from '../webhooks/call-hook.js';
import { type Hook, hooksOf } from '../webhooks/hook.js';
import { type Invocation, invocationOf } from '../webhooks/invocation.js';
import { patchedObject } from '../webhooks/patched-object.js';

const NAME = 'MutatingAdmissionWebhook';

/** Webhooks that may change the object, one after another. Models apiserver's plugin/webhook/mutating (1.36). */
export const mutatingAdmissionWebhook: AdmissionPlugin = {
  name: NAME,
  handles: (request) => !isExempt(request),
  mutate(request, reads, round) {
    const { configurations } = reads;
    if (!configurations) return undefined;
    const loading = configurations.ready();
    if (!loading && configurations.isEmpty('mutatingwebhookconfigurations')) return undefined;
    return dispatch(request, reads, round, loading);
  },
};

async function dispatch(
  request: AdmissionRequest,
  reads: AdmissionReads,
  round: Reinvocation,
  loading: Promise<void> | undefined,
): Promise<void> {
  await loading;
  const hooks = reads.configurations!.derivedFrom('mutatingwebhookconfigurations', hooksOf);
  if (hooks.length === 0) return;
  const reinvoked = round.stateOf(NAME, () => new Reinvoked());
  if (round.isReinvoke) reinvoked.compare(request.object);
  for (const [place, hook] of hooks.entries()) {
    const invocation = await invocationOf(hook, request, reads);
    // The second run calls nobody for the first time.
    if (!invocation || (round.isReinvoke && !reinvoked.isDue(hook.uid))) continue;
    const changed = await admit(invocation, request, reads, `round_${round.isReinvoke ? 1 : 0}_index_${place}`);
    if (changed) {
      reinvoked.changed();
      round.wanted = true;
    }
    if (hook.webhook.reinvocationPolicy === 'IfNeeded') reinvoked.remember(hook.uid);
  }
  reinvoked.keep(request.object);
}

/** Whether the webhook changed the object. */
async function admit(
  invocation: Invocation,
  request: AdmissionRequest,
  reads: AdmissionReads,
  turn: string,
): Promise<boolean> {
  const { hook, as } = invocation;
  const seen = await seenAs(request, as, reads);
  let changed = false;
  try {
    changed = await change(invocation, request, reads, seen, turn);
  } catch (error) {
    if (!(error instanceof HookFailure)) throw error;
    if (hook.webhook.failurePolicy !== 'Ignore' || isLate(reads)) throw failureOf(error, reads);
    request.annotate?.(`failed-open.mutation.webhook.admission.k8s.io/${turn}`, hook.webhook.name);
  } finally {
    request.annotate?.(`mutation.webhook.admission.k8s.io/${turn}`, annotation(hook, { mutated: changed }));
  }
  return changed;
}

async function change(
  invocation: Invocation,
  request: AdmissionRequest,
  reads: AdmissionReads,
  seen: Attributes,
  turn: string,
): Promise<boolean> {
  const { hook, as } = invocation;
  const answer = await callHook(invocation, request, reads, seen, true);
  const next = patchedObject(hook.webhook.name, answer, seen, as);
  if (!next) return false;
  const patch = JSON.parse(Buffer.from(answer.patch!, 'base64').toString('utf8')) as unknown;
  request.annotate?.(`patch.webhook.admission.k8s.io/${turn}`, annotation(hook, { patch, patchType: 'JSONPatch' }));
  if (deepEqual(next, seen.object)) return false;
  await takeOver(request, next, as, reads);
  return true;
}

function annotation({ configuration, webhook }: Hook, more: object): string {
  return JSON.stringify({ configuration, webhook: webhook.name, ...more });
}
