import { StatusError } from '#apimachinery';
import type { Kind } from '#kinds';
import type { Backend } from '#registry';
import type { Exchange } from './exchange.js';
import type { ResourceInfo } from './request-info.js';
import { actionOf } from './request-verb.js';

/** Models the ConnectMethods of upstream's connecters (1.36). */
const STREAM_METHODS: ReadonlySet<string> = new Set(['GET', 'POST']);
const PROXY_METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

/** exec, attach, portforward and proxies, asked for by an ordinary request. Fails with what that ends with. */
export async function serveConnect(x: Exchange, kind: Kind, info: ResourceInfo): Promise<never> {
  const backend = await backendFor(x, kind, info);
  if (backend.streams) throw StatusError.badRequest('Upgrade request required');
  throw StatusError.unavailable(`error trying to reach service: ${refusal(backend)}`);
}

/** Where this request would be connected to, after authorization and admission. */
export async function backendFor(x: Exchange, kind: Kind, info: ResourceInfo): Promise<Backend> {
  const { subresource, name, tail, namespace } = info;
  const methods = subresource === 'proxy' ? PROXY_METHODS : STREAM_METHODS;
  const verb = actionOf(x.method, { ...info, watch: false }, x.query) ?? x.method.toLowerCase();
  x.verb = 'connect';
  x.groupResource = kind.storage.groupResource;
  if (!methods.has(x.method)) throw StatusError.methodNotAllowed(kind, verb);
  const target = { kind, namespace: kind.namespaced ? namespace : '', name, subresource };
  const inside = tail.length > 0 ? `/${tail.join('/')}` : '';
  const path = x.path.endsWith('/') ? `${inside}/` : inside;
  return x.cluster.verbs.connect(x, target, verb, { parameters: (field) => x.query.all(field), path });
}

/** Nodes and pods are simulated: whatever they say of themselves, nothing listens there. */
function refusal({ address }: Backend): string {
  return `dial tcp ${address}: connect: connection refused`;
}

/** Upstream gives a backend that does not answer no reason of its own. */
export function dialFailure(backend: Backend): StatusError {
  return new StatusError(500, '', `error dialing backend: ${refusal(backend)}`);
}
