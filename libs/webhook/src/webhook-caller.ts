import { isIP } from 'node:net';
import type { Clock, SandboxId } from '#base';
import { decodeBody, type Json, StatusError } from '#apimachinery';
import type { AddressPolicy } from './address-policy.js';
import { refusedAnswer, WebhookCallError } from './call-error.js';
import { dialErrorText, lookupErrorText } from './dial-error.js';
import type { Resolve } from './host-addresses.js';
import { type Answer, post } from './https-post.js';
import { KeptConnections } from './kept-connections.js';
import { serviceEndpoint, type ServiceReads } from './service-endpoint.js';
import { Turnstile } from './turnstile.js';
import { type WebhookPlace, webhookPlace, type WebhookServiceRef } from './webhook-place.js';

/** The clientConfig of admission webhooks and of conversion webhooks. */
export interface WebhookClientConfig {
  readonly url?: string;
  readonly service?: WebhookServiceRef;
  /** Base64 of PEM, as in the object; absent: the authorities that this platform trusts. */
  readonly caBundle?: string;
}

export interface WebhookCall {
  readonly client: WebhookClientConfig;
  /** Of the sandbox that calls: where `client.service` is looked up. */
  readonly services: ServiceReads;
  /** Anything that JSON.stringify takes. */
  readonly body: unknown;
  /** Of the whole call, waiting included; at most 30 seconds. */
  readonly timeoutMs: number;
}

export interface WebhookCallerOptions {
  /** Real time: a sandbox's clock may stand still, the server at the other end does not. */
  readonly clock: Clock;
  readonly policy: AddressPolicy;
  readonly resolve: Resolve;
}

/** Calls of one sandbox at once: a dead webhook holds back its own sandbox, nobody else's. */
const CALLS_MAX = 32;
const WAITING_MAX = 512;

/**
 * Posts JSON to webhooks. Fails with WebhookCallError alone, in the words of Go's client:
 *
 *   Post "https://hook.example:8443/mutate?timeout=10s": dial tcp 203.0.113.7:8443: connect: connection refused
 *   Post "https://hook.default.svc:443/?timeout=5s": service "hook" not found
 *   an error on the server ("boom") has prevented the request from succeeding
 */
export class WebhookCaller {
  private readonly turnstile = new Turnstile(CALLS_MAX, WAITING_MAX);
  private readonly connections = new KeptConnections();

  constructor(private readonly options: WebhookCallerOptions) {}

  /** The answer's JSON, whatever it is. */
  async call(sandbox: SandboxId, call: WebhookCall): Promise<Json> {
    const place = webhookPlace(call.client, call.timeoutMs);
    const deadline = new AbortController();
    const late = () => deadline.abort(new WebhookCallError(`Post "${place.url}": context deadline exceeded`, 504));
    const timer = this.options.clock.setTimer(call.timeoutMs, late);
    try {
      if (!(await this.turnstile.enter(sandbox, deadline.signal))) {
        throw new WebhookCallError(`Post "${place.url}": too many calls are waiting`, 503);
      }
      try {
        return jsonOf(await this.send(place, call, deadline.signal));
      } finally {
        this.turnstile.leave(sandbox);
      }
    } finally {
      timer.cancel();
    }
  }

  /** Closes connections that wait. Calls under way go on. */
  close(): void {
    this.connections.destroy();
  }

  private async send(place: WebhookPlace, call: WebhookCall, signal: AbortSignal): Promise<Answer> {
    const failed = (why: string, code?: number) => new WebhookCallError(`Post "${place.url}": ${why}`, code);
    if (call.client.service) throw await this.serviceFailure(call.services, call.client.service, failed);
    const ca = authoritiesOf(call.client.caBundle);
    if (ca === '') throw failed('tls: failed to verify certificate: x509: certificate signed by unknown authority');
    const address = await this.addressOf(place, failed, signal);
    const at = `${isIP(address) === 6 ? `[${address}]` : address}:${place.port}`;
    try {
      const body = Buffer.from(JSON.stringify(call.body));
      return await post({ ...place, address, ca }, body, this.connections, signal);
    } catch (error) {
      if (error instanceof WebhookCallError) throw error;
      throw failed(dialErrorText(error, at, place.host, this.options.clock.nowMs()));
    }
  }

  /** The one address that is connected to. Every address of the name is judged: one bad one among them is refused, too. */
  private async addressOf(
    { host }: WebhookPlace,
    failed: (why: string) => WebhookCallError,
    signal: AbortSignal,
  ): Promise<string> {
    let addresses: readonly string[];
    try {
      addresses = await Promise.race([this.options.resolve(host), aborted(signal)]);
    } catch (error) {
      if (error instanceof WebhookCallError) throw error;
      throw failed(lookupErrorText(error, host));
    }
    const address = addresses[0];
    if (address === undefined) throw failed(lookupErrorText({ code: 'ENOTFOUND' }, host));
    if (!addresses.every((one) => this.options.policy.allows(one))) {
      // Of a name, the addresses are not told: what this machine's name server knows is not the tenant's.
      throw failed(
        `dial tcp: address of ${host} is not allowed: webhooks may be at public addresses and those that SANDKUBE_WEBHOOK_ALLOW names`,
      );
    }
    return address;
  }

  /** Pods are simulated: whatever a service's endpoint says, nothing listens there. */
  private async serviceFailure(
    services: ServiceReads,
    ref: WebhookServiceRef,
    failed: (why: string, code?: number) => WebhookCallError,
  ): Promise<WebhookCallError> {
    try {
      return failed(`dial tcp ${await serviceEndpoint(services, ref)}: connect: connection refused`);
    } catch (error) {
      return error instanceof WebhookCallError ? failed(error.message, error.code) : failed((error as Error).message);
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** PEM; '' when it holds no certificate, undefined when there is no bundle. */
function authoritiesOf(caBundle: string | undefined): string | undefined {
  if (!caBundle) return undefined;
  const pem = Buffer.from(caBundle, 'base64').toString('latin1');
  return pem.includes('-----BEGIN CERTIFICATE-----') ? pem : '';
}

/** Redirects are answers like any other that is no success: nobody is followed anywhere (CVE-2020-8561). */
function jsonOf({ code, contentType, body }: Answer): Json {
  if (code < 200 || code > 206) throw refusedAnswer(code, contentType, body.toString('utf8'));
  try {
    return decodeBody(body, 'json').value;
  } catch (error) {
    throw new WebhookCallError(error instanceof StatusError ? error.message : String(error));
  }
}
