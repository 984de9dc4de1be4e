import { entropy, Random, type SandboxId } from '#base';
import { isJsonObject, type Json, type KubeObject, StatusError } from '#apimachinery';
import { type Kind, storageKey, storagePrefix } from '#kinds';
import { type ServiceReads, WebhookCallError } from '#webhook';
import type { Parts } from '../parts.js';
import { checkedObject } from './converted-object.js';

/** As upstream's webhook converter. */
const TIMEOUT_MS = 30_000;
const REVIEW_GROUP = 'apiextensions.k8s.io';
const REVIEW_KIND = 'ConversionReview';
const ids = new Random(entropy());

export type Converting = Pick<Parts, 'store' | 'parsed' | 'webhooks'>;

/**
 * `objects` (at least one) in the version `desiredAPIVersion`, in their order, by one call of the webhook. Fails with
 * what upstream says about the first object that cannot be had. Models webhookConverter.Convert (1.36).
 */
export async function convertObjects(
  parts: Converting,
  sandbox: SandboxId,
  { client, reviewVersions }: NonNullable<Kind['conversion']>,
  objects: readonly KubeObject[],
  desiredAPIVersion: string,
): Promise<KubeObject[]> {
  const about = `conversion webhook for ${objects[0]!.apiVersion}, Kind=${objects[0]!.kind}`;
  const version = reviewVersions.find((one) => one === 'v1' || one === 'v1beta1');
  if (version === undefined) throw failed('no supported conversion review versions');
  const apiVersion = `${REVIEW_GROUP}/${version}`;
  const uid = ids.uuid();
  const body = {
    kind: REVIEW_KIND,
    apiVersion,
    request: { uid, desiredAPIVersion, objects },
    response: { uid: '', convertedObjects: null, result: { metadata: {} } },
  };
  let answer: Json;
  try {
    if (!parts.webhooks) throw new WebhookCallError('webhooks are not called here');
    const services = servicesOf(parts, sandbox);
    answer = await parts.webhooks.call(sandbox, { client, services, body, timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (!(error instanceof WebhookCallError)) throw error;
    throw failed(`${about} failed: ${error.message}`);
  }
  const outcome = convertedObjects(answer, apiVersion, uid);
  if (typeof outcome === 'string') throw failed(`${about} failed: ${outcome}`);
  if (outcome.length !== objects.length) {
    throw failed(`${about} returned ${outcome.length} objects, expected ${objects.length}`);
  }
  return outcome.map((value, place) => {
    const object = checkedObject(value, objects[place]!, desiredAPIVersion);
    if (typeof object === 'string') throw failed(object);
    return object;
  });
}

/** Where the tenant's services are looked up. */
function servicesOf(parts: Converting, sandbox: SandboxId): ServiceReads {
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

/** What the answer holds, or why it holds nothing. v1beta1 knows neither its own kind nor a uid. */
function convertedObjects(answer: Json, apiVersion: string, uid: string): readonly Json[] | string {
  if (!isJsonObject(answer)) return 'no response provided';
  const isStrict = !apiVersion.endsWith('v1beta1');
  const got = groupVersionKind(answer);
  const wanted = `${apiVersion}, Kind=${REVIEW_KIND}`;
  if (isStrict && got !== wanted) return `expected webhook response of ${wanted}, got ${got}`;
  const { response = null } = answer;
  if (!isJsonObject(response)) return 'no response provided';
  const given = textOf(response, 'uid');
  if (isStrict && given !== uid) {
    return `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(given)}`;
  }
  const result = isJsonObject(response['result'] ?? null) ? (response['result'] as { [key: string]: Json }) : {};
  const status = textOf(result, 'status');
  if (status !== 'Success') {
    return textOf(result, 'message') || `response.result.status was '${status}', not 'Success'`;
  }
  const converted = response['convertedObjects'];
  return Array.isArray(converted) ? converted : [];
}

/** As Go prints it: '/, Kind=' where nothing is said. */
function groupVersionKind(value: { [key: string]: Json }): string {
  const apiVersion = textOf(value, 'apiVersion');
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${textOf(value, 'kind')}`;
}

function textOf(value: { [key: string]: Json }, field: string): string {
  const text = value[field];
  return typeof text === 'string' ? text : '';
}

/** Upstream gives these no reason of their own. */
function failed(message: string): StatusError {
  return new StatusError(500, '', message);
}
