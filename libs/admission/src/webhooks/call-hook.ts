import { StatusError } from '#apimachinery';
import { WebhookCallError } from '#webhook';
import type { Attributes } from '../dynamic/attributes.js';
import type { AdmissionReads, AdmissionRequest } from '../plugin.js';
import { answerOf, BadAnswer, denialOf, type HookAnswer } from './answer.js';
import { type Invocation, reviewOf } from './invocation.js';

const TIMEOUT_SECONDS_DEFAULT = 10;
const HARMLESS = ['None', 'NoneOnDryRun'];

/** The webhook did not do its part: failurePolicy says what follows. Its message is what users see. */
export class HookFailure extends Error {
  constructor(name: string, why: string) {
    super(`failed calling webhook ${JSON.stringify(name)}: ${why}`);
  }
}

/** The request's own time is over: nobody waits for what other webhooks say. */
export function isLate({ remainingMs }: AdmissionReads): boolean {
  return remainingMs !== undefined && remainingMs() <= 0;
}

/** What a request gets that does not go on without the webhook. Models the finisher of apiserver's handlers (1.36), too. */
export function failureOf(failure: HookFailure, reads: AdmissionReads): StatusError {
  if (!isLate(reads)) return StatusError.internal(failure.message);
  return StatusError.timeout('request did not complete within requested timeout - context deadline exceeded', 0);
}

/** One request has one deadline, however many webhooks it meets. A call that it ends is over after it, not just before. */
function timeoutMs(seconds: number, { remainingMs }: AdmissionReads): number {
  const left = remainingMs?.() ?? Infinity;
  return Math.min(seconds * 1000, Math.max(0, Math.ceil(left)) + 1);
}

/**
 * Asks one webhook. Fails with HookFailure, or with the StatusError of a refusal. Warnings and audit annotations are passed
 * on whatever the answer. Models callAttrMutatingHook and callHook (1.36).
 */
export async function callHook(
  invocation: Invocation,
  request: AdmissionRequest,
  reads: AdmissionReads,
  seen: Attributes,
  mutating: boolean,
): Promise<HookAnswer> {
  const { webhook } = invocation.hook;
  const { name } = webhook;
  if (request.dryRun && !HARMLESS.includes(webhook.sideEffects)) {
    throw StatusError.badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
  }
  const review = reviewOf(invocation, request, seen);
  if (!review) {
    const why =
      'could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)';
    throw new HookFailure(name, why);
  }
  if (!reads.webhooks) throw new HookFailure(name, 'could not get REST client: this server calls no webhooks');
  let answer: HookAnswer;
  try {
    const json = await reads.webhooks.call(request.env.id, {
      client: webhook.clientConfig,
      services: reads,
      body: review.body,
      timeoutMs: timeoutMs(webhook.timeoutSeconds ?? TIMEOUT_SECONDS_DEFAULT, reads),
    });
    answer = answerOf(json, review, mutating);
  } catch (error) {
    if (error instanceof WebhookCallError) throw new HookFailure(name, `failed to call webhook: ${error.message}`);
    if (error instanceof BadAnswer) throw new HookFailure(name, `received invalid webhook response: ${error.message}`);
    throw error;
  }
  for (const [key, value] of Object.entries(answer.auditAnnotations)) request.annotate?.(`${name}/${key}`, value);
  for (const warning of answer.warnings) request.warn(warning);
  if (!answer.allowed) throw denialOf(name, answer.status);
  return answer;
}
