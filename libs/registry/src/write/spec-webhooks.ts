import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { systemClock } from '#base';
import { admissionChain, ConfigurationView, plugins } from '#admission';
import type { KubeObject } from '#apimachinery';
import type { Authorizer, Decision } from '#auth';
import { memoryStore } from '#storage';
import { aWebhookServer, type WebhookReply, type WebhookServer } from '#testing';
import { AddressPolicy, WebhookCaller } from '#webhook';
import type { Found } from '../request.js';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

export const GROUP = 'admissionregistration.k8s.io';
const LOOPBACK = AddressPolicy.parse('127.0.0.0/8') as AddressPolicy;

export interface AdmissionReview {
  readonly apiVersion: string;
  readonly request: Record<string, unknown> & { uid: string; object: KubeObject; oldObject: KubeObject };
}

export let server: WebhookServer;
let caller: WebhookCaller;
export let cluster: SpecCluster;

type Decide = (...asked: Parameters<Authorizer['authorize']>) => Decision;
const ALLOWS_ALL: Decide = () => ({ allowed: true, reason: '' });
let decide = ALLOWS_ALL;

/** Who may what, for the rest of the spec. */
export function authorizing(next: Decide): void {
  decide = next;
}

/** A cluster with webhooks for each spec, and one HTTPS server for all of them. Call it at the top of a spec file. */
export function useWebhooks(): void {
  beforeAll(async () => {
    server = await aWebhookServer(() => ({ json: {} }));
    caller = new WebhookCaller({ clock: systemClock, policy: LOOPBACK, resolve: async (host) => [host] });
  });
  afterAll(async () => {
    caller.close();
    await server.close();
  });
  beforeEach(async () => {
    server.received.length = 0;
    decide = ALLOWS_ALL;
    const store = memoryStore();
    const views = new Map<string, ConfigurationView>();
    cluster = await aSpecCluster({
      store,
      admission: admissionChain(plugins),
      webhooks: caller,
      clock: systemClock,
      authorizerOf: () => ({ authorize: async (...asked) => decide(...asked) }),
      configurationsOf: (sandbox) => {
        if (!views.has(sandbox)) views.set(sandbox, new ConfigurationView(store, sandbox));
        return views.get(sandbox);
      },
    });
    await cluster.create('namespaces', { metadata: { name: 'default', labels: { team: 'blue' } } });
    await cluster.create('serviceaccounts', { metadata: { name: 'default' } });
  });
}

type Say = (review: AdmissionReview, path: string) => Record<string, unknown>;

/** What the webhook answers: `response` without its uid. */
export function answering(say: Say): void {
  server.reply = ((review: AdmissionReview, path: string): WebhookReply => ({
    json: {
      kind: 'AdmissionReview',
      apiVersion: review.apiVersion,
      response: { uid: review.request.uid, allowed: true, ...say(review, path.split('?')[0]!) },
    },
  })) as WebhookServer['reply'];
}

export const patchOf = (...operations: object[]) => ({
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});
export const labelled = (name: string, value = 'x') => ({ op: 'add', path: `/metadata/labels/${name}`, value });

export const POD_RULE = { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };

export interface Wish {
  readonly name?: string;
  readonly path?: string;
  readonly rules?: object[];
  readonly [field: string]: unknown;
}

export function hookOf({ name = 'hook.example.com', path = '/', ...more }: Wish = {}): object {
  return {
    name,
    clientConfig: { url: `https://127.0.0.1:${server.port}${path}`, caBundle: server.caBundle },
    rules: [POD_RULE],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    timeoutSeconds: 5,
    ...more,
  };
}

export const configure = (type: 'mutating' | 'validating', name: string, ...hooks: Wish[]) =>
  cluster.create(`${type}webhookconfigurations`, { metadata: { name }, webhooks: hooks.map(hookOf) }, GROUP);
export const aWebPod = (metadata: object = {}) => ({
  metadata: { name: 'web', labels: { app: 'web' }, ...metadata },
  spec: { containers: [{ name: 'app', image: 'nginx:1' }] },
});
export const createPod = (metadata: object = {}) => cluster.create('pods', aWebPod(metadata));
export const labelsOf = (found: Found) => found.object().metadata.labels;
export const reviews = () => server.received.map(({ body }) => body as AdmissionReview);
