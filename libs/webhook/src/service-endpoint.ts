import { type EndpointSlice, endpointSliceKind, type Kind, type Service, serviceKind } from '#kinds';
import type { KubeObject } from '#apimachinery';
import { WebhookCallError } from './call-error.js';
import { SERVICE_PORT_DEFAULT, type WebhookServiceRef } from './webhook-place.js';

/** Reads of the sandbox that the call belongs to; admission's reads fit. */
export interface ServiceReads {
  get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): Promise<T | undefined>;
  list<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined): Promise<readonly T[]>;
}

const ROUTED_TYPES = ['ClusterIP', 'LoadBalancer', 'NodePort'];

/**
 * Where a service's traffic would go: 'ip:port' of a ready endpoint, always the first, so that the same cluster gives the
 * same answer. Fails with upstream's texts. Models ResolveEndpoint of apiserver's util/proxy, as an API server with
 * aggregator routing uses it (1.36).
 */
export async function serviceEndpoint(reads: ServiceReads, ref: WebhookServiceRef): Promise<string> {
  const service = await reads.get(serviceKind, ref.namespace, ref.name);
  if (!service) throw new WebhookCallError(`service ${JSON.stringify(ref.name)} not found`);
  const wanted = ref.port ?? SERVICE_PORT_DEFAULT;
  const port = service.spec?.ports?.find((one) => one.port === wanted);
  if (!port) throw new WebhookCallError(`no service port ${wanted} found for service ${JSON.stringify(ref.name)}`, 503);
  const type = service.spec?.type ?? 'ClusterIP';
  if (!ROUTED_TYPES.includes(type)) throw new WebhookCallError(`unsupported service type ${JSON.stringify(type)}`);
  const endpoint = firstReady(await slicesOf(reads, service), port.name ?? '');
  if (endpoint === undefined) {
    throw new WebhookCallError(`no endpoints available for service ${JSON.stringify(ref.name)}`, 503);
  }
  return endpoint;
}

async function slicesOf(reads: ServiceReads, { metadata }: Service): Promise<readonly EndpointSlice[]> {
  const all = await reads.list(endpointSliceKind, metadata.namespace ?? '');
  return all.filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name);
}

function firstReady(slices: readonly EndpointSlice[], portName: string): string | undefined {
  for (const { addressType, endpoints, ports } of slices) {
    const port = ports?.find((one) => (one.name ?? '') === portName)?.port;
    const ready = endpoints?.find((endpoint) => endpoint.conditions?.ready !== false);
    const address = ready?.addresses[0];
    if (port === undefined || address === undefined) continue;
    return addressType === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
  }
  return undefined;
}
