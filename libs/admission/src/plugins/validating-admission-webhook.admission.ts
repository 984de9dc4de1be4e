import { type Attributes, isExempt, seenAs } from '../dynamic/attributes.js';
import type { Kind } from '#kinds';
import type { AdmissionPlugin, AdmissionReads, AdmissionRequest } from '../plugin.js';
import { callHook, failureOf, HookFailure, isLate } from '../webhooks/call-hook.js';
import { hooksOf } from '../webhooks/hook.js';
import { type Invocation, invocationOf } from '../webhooks/invocation.js';

/** Webhooks that only say yes or no, all at once. Models apiserver's plugin/webhook/validating (1.36). */
export const validatingAdmissionWebhook: AdmissionPlugin = {
  name: 'ValidatingAdmissionWebhook',
  handles: (request) => !isExempt(request),
  validate(request, reads) {
    const { configurations } = reads;
    if (!configurations) return undefined;
    const loading = configurations.ready();
    if (!loading && configurations.isEmpty('validatingwebhookconfigurations')) return undefined;
    return dispatch(request, reads, loading);
  },
};

async function dispatch(
  request: AdmissionRequest,
  reads: AdmissionReads,
  loading: Promise<void> | undefined,
): Promise<void> {
  await loading;
  const hooks = reads.configurations!.derivedFrom('validatingwebhookconfigurations', hooksOf);
  const invocations: Invocation[] = [];
  for (const hook of hooks) {
    const invocation = await invocationOf(hook, request, reads);
    if (invocation) invocations.push(invocation);
  }
  // All are heard before one of the refusals is passed on: upstream takes the first that came, this the first in order.
  const seen = new Map<Kind, Promise<Attributes>>();
  for (const { as } of invocations) if (!seen.has(as)) seen.set(as, seenAs(request, as, reads));
  const ends = await Promise.allSettled(
    invocations.map(async (one, place) => ask(one, request, reads, await seen.get(one.as)!, place)),
  );
  const refused = ends.find((end) => end.status === 'rejected');
  if (refused) throw refused.reason;
}

async function ask(
  invocation: Invocation,
  request: AdmissionRequest,
  reads: AdmissionReads,
  seen: Attributes,
  place: number,
): Promise<void> {
  try {
    await callHook(invocation, request, reads, seen, false);
  } catch (error) {
    if (!(error instanceof HookFailure)) throw error;
    const { webhook } = invocation.hook;
    if (webhook.failurePolicy !== 'Ignore' || isLate(reads)) throw failureOf(error, reads);
    request.annotate?.(`failed-open.validating.webhook.admission.k8s.io/round_0_index_${place}`, webhook.name);
  }
}
