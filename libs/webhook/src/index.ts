/**
 * webhook: HTTPS calls that leave the process because a tenant asked for them (admission and conversion webhooks). The
 * only such door: no other library opens outgoing connections for users.
 *
 * It is no general HTTP client: POST of JSON, an answer of bounded size, no redirects, no proxies, no credentials. An
 * address is resolved once, judged, and that very address is connected to. What a webhook means is its caller's affair.
 */
export { AddressPolicy } from './address-policy.js';
export { hostAddresses, type Resolve } from './host-addresses.js';
export type { ServiceReads } from './service-endpoint.js';
export type { WebhookServiceRef } from './webhook-place.js';
export {
  type WebhookCall,
  WebhookCaller,
  type WebhookCallerOptions,
  type WebhookClientConfig,
} from './webhook-caller.js';
export { WebhookCallError } from './call-error.js';
