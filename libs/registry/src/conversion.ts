import { entropy, invariant, Random, type SandboxId } from '#base';
import { apiVersionOf, isJsonObject, type Json, type KubeObject, StatusError } from '#apimachinery';
import { type Kind, storageKey, storagePrefix } from '#kinds';
import type { StoredObject } from '#storage';
import { type ServiceReads, WebhookCallError } from '#webhook';
import type { Parts } from './parts.js';

/** As upstream's webhook converter. */
const TIMEOUT_MS = 30_000;
const ids = new Random(entropy());

type Converting = Pick<Parts, 'store' | 'parsed' | 'webhooks'>;

/**
 * Asks the conversion webhook for those of `stored` that are not in the version of `kind`, all in one call, and keeps
 * the answers beside the parsed objects, where readers find them. Nothing for kinds that convert by themselves.
 * Models apiserver/conversion of apiextensions (1.36).
 */
export async function convertStored(
  parts: Converting,
  sandbox: SandboxId,
  kind: Kind,
  stored: readonly StoredObject[],
): Promise<void> {
  if (!kind.conversion) return;
  const wanted = apiVersionOf(kind);
  const waiting = stored.filter((one) => !parts.parsed.isIn(one, wanted));
  if (waiting.length === 0) return;
  const objects = waiting.map((one) => parts.parsed.stored(one));
  const converted = await convert(parts, sandbox, kind, objects, wanted);
  converted.forEach((object, i) => parts.parsed.rememberConverted(waiting[i]!, wanted, object));
}

/** The same for what is about to be written. */
export async function convertToStorage(
  parts: Converting,
  sandbox: SandboxId,
  kind: Kind,
  object: KubeObject,
): Promise<void> {
  const wanted = apiVersionOf(kind.storage);
  if (!kind.conversion || apiVersionOf(kind) === wanted) return;
  const [converted] = await convert(parts, sandbox, kind, [object], wanted);
  parts.parsed.rememberStorageForm(object, converted!);
}

async function convert(
  parts: Converting,
  sandbox: SandboxId,
  kind: Kind,
  objects: readonly KubeObject[],
  desiredAPIVersion: string,
): Promise<KubeObject[]> {
  const { conversion } = kind;
  invariant(conversion, 'only kinds with a conversion webhook are converted by one');
  const about = `conversion webhook for ${objects[0]!.apiVersion}, Kind=${objects[0]!.kind}`;
  const [version = 'v1'] = conversion.reviewVersions.filter((one) => one === 'v1' || one === 'v1beta1');
  const uid = ids.uuid();
  const body = {
    kind: 'ConversionReview',
    apiVersion: `apiextensions.k8s.io/${version}`,
    request: { uid, desiredAPIVersion, objects },
    response: null,
  };
  let answer: Json;
  try {
    if (!parts.webhooks) throw new WebhookCallError('webhooks are not called here');
    const { client } = conversion;
    answer = await parts.webhooks.call(sandbox, {
      client,
      services: servicesOf(parts, sandbox),
      body,
      timeoutMs: TIMEOUT_MS,
    });
  } catch (error) {
    if (!(error instanceof WebhookCallError)) throw error;
    throw failed(`${about} failed: ${error.message}`);
  }
  const response = isJsonObject(answer) && isJsonObject(answer['response'] ?? null) ? answer['response'] : undefined;
  const converted = convertedObjects(response as Response | undefined, uid, about);
  if (converted.length !== objects.length) {
    throw failed(`${about} returned ${converted.length} objects, expected ${objects.length}`);
  }
  return converted.map((object, i) => checked(object, objects[i]!, i, desiredAPIVersion, about));
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

interface Response {
  readonly uid?: string;
  readonly result?: { readonly status?: string; readonly message?: string };
  readonly convertedObjects?: readonly Json[];
}

function convertedObjects(response: Response | undefined, uid: string, about: string): readonly Json[] {
  if (!response) throw failed(`${about} failed: no response provided`);
  if (response.uid !== uid) {
    throw failed(
      `${about} failed: expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`,
    );
  }
  const { status = '', message = '' } = response.result ?? {};
  if (status !== 'Success') {
    throw failed(`${about} failed: ${message || `response.result.status was '${status}', not 'Success'`}`);
  }
  return response.convertedObjects ?? [];
}

/** A webhook may change labels and annotations; all else of metadata stays, and names must not be touched. */
function checked(value: Json, before: KubeObject, i: number, apiVersion: string, about: string): KubeObject {
  const bad = (why: string) => failed(`${about} returned invalid converted object at index ${i}: ${why}`);
  if (!isJsonObject(value)) throw bad('it is no object');
  const object = value as unknown as Partial<KubeObject>;
  if (object.apiVersion !== apiVersion)
    throw bad(`invalid groupVersion (${object.apiVersion}, expected ${apiVersion})`);
  if (object.kind !== before.kind) throw bad(`invalid kind (${object.kind}, expected ${before.kind})`);
  const { metadata } = object;
  if (!metadata) throw bad('invalid metadata of type <nil> in input object');
  for (const name of ['name', 'namespace', 'uid'] as const) {
    if (metadata[name] === before.metadata[name]) continue;
    throw failed(
      `${about} returned invalid metadata in object at index ${i}: must have the same ${name}: ${metadata[name]} != ${before.metadata[name]}`,
    );
  }
  const { labels: _labels, annotations: _annotations, ...kept } = before.metadata;
  const { labels, annotations } = metadata;
  return {
    ...object,
    metadata: { ...kept, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) },
  } as KubeObject;
}

/** Upstream gives these no reason of their own. */
function failed(message: string): StatusError {
  return new StatusError(500, '', message);
}
