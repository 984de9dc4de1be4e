import { isIP } from 'node:net';
import { type KubeObject, StatusError } from '#apimachinery';
import {
  endpointSliceKind,
  joinHostPort,
  type Node,
  nodeKind,
  type Pod,
  podKind,
  type Service,
  serviceKind,
} from '#kinds';
import type { AdmissionReads } from '#admission';
import type { Backend, Target } from '../request.js';

type Reads = Pick<AdmissionReads, 'get' | 'list'>;
type Locate = (reads: Reads, target: Target, options: KubeObject) => Promise<string>;

const KUBELET_PORT = 10_250;

/** By resource and subresource. Fails with upstream's texts. */
const LOCATIONS: Readonly<Record<string, Locate>> = {
  'pods/exec': (reads, target, options) => containerLocation(reads, target, options),
  'pods/attach': (reads, target, options) => containerLocation(reads, target, options),
  'pods/portforward': async (reads, target) => kubeletOf(reads, await podOf(reads, target)),
  'pods/proxy': podLocation,
  'services/proxy': serviceLocation,
  'nodes/proxy': nodeLocation,
};

/** undefined: nobody connects to such a thing. */
export async function backendOf(reads: Reads, target: Target, options: KubeObject): Promise<Backend | undefined> {
  const locate = LOCATIONS[`${target.kind.resource}/${target.subresource}`];
  if (!locate) return undefined;
  return { address: await locate(reads, target, options), streams: target.subresource !== 'proxy' };
}

async function podOf(reads: Reads, { namespace = '', name = '' }: Target): Promise<Pod> {
  const pod = await reads.get(podKind, namespace, name);
  if (!pod) throw StatusError.notFound({ group: '', resource: 'pods' }, name);
  return pod;
}

/** Models ExecLocation and AttachLocation of pkg/registry/core/pod (1.36). */
async function containerLocation(reads: Reads, target: Target, options: KubeObject): Promise<string> {
  const pod = await podOf(reads, target);
  checkContainer(pod, (options as { container?: string }).container ?? '');
  return kubeletOf(reads, pod);
}

function checkContainer({ metadata, spec }: Pod, container: string): void {
  const names = (list: readonly { name: string }[] | undefined) => (list ?? []).map(({ name }) => name);
  const { containers, initContainers, ephemeralContainers } = spec;
  if (container !== '') {
    const all = [...names(initContainers), ...names(containers), ...names(ephemeralContainers)];
    if (all.includes(container)) return;
    throw StatusError.badRequest(`container ${container} is not valid for pod ${metadata.name}`);
  }
  if (containers.length === 1) return;
  const must = `a container name must be specified for pod ${metadata.name}`;
  if (containers.length === 0) throw StatusError.badRequest(must);
  const others: readonly [string, readonly string[]][] = [
    ['or one of the init containers', names(initContainers)],
    ['or one of the ephemeral containers', names(ephemeralContainers)],
  ];
  const more = others.map(([what, list]) => (list.length === 0 ? '' : ` ${what}: [${list.join(' ')}]`)).join('');
  throw StatusError.badRequest(`${must}, choose one of: [${names(containers).join(' ')}]${more}`);
}

async function kubeletOf(reads: Reads, { metadata, spec }: Pod): Promise<string> {
  if (!spec.nodeName) throw StatusError.badRequest(`pod ${metadata.name} does not have a host assigned`);
  return kubeletAddress(await nodeOf(reads, spec.nodeName));
}

async function nodeOf(reads: Reads, name: string): Promise<Node> {
  const node = await reads.get(nodeKind, '', name);
  if (!node) throw StatusError.notFound({ group: '', resource: 'nodes' }, name);
  return node;
}

/** In the order of kube-apiserver's --kubelet-preferred-address-types. */
const ADDRESS_TYPES = ['Hostname', 'InternalDNS', 'InternalIP', 'ExternalDNS', 'ExternalIP'];
/** What kubeadm gives: names of nodes need not resolve. */
const PREFERRED = ['InternalIP', 'ExternalIP', ...ADDRESS_TYPES];

function kubeletAddress({ status = {} }: Node): string {
  const addresses = status.addresses ?? [];
  for (const type of PREFERRED) {
    const found = addresses.find((one) => one.type === type);
    if (found) return joinHostPort(found.address, status.daemonEndpoints?.kubeletEndpoint?.Port || KUBELET_PORT);
  }
  const shown = addresses.map(({ type, address }) => `{${type} ${address}}`).join(' ');
  throw new StatusError(500, '', `no preferred addresses found; known addresses: [${shown}]`);
}

/** 'name', 'name:port', 'scheme:name:port', as util/net's SplitSchemeNamePort has it. */
function splitName(id: string): { name: string; port: string } | undefined {
  const parts = id.split(':');
  const [scheme, name = '', port = ''] =
    parts.length === 1 ? ['', parts[0], ''] : parts.length === 2 ? ['', parts[0], parts[1]] : parts;
  if (parts.length > 3 || name === '' || !['', 'http', 'https'].includes(scheme ?? '')) return undefined;
  return { name, port };
}

/** Models ResourceLocation of pkg/registry/core/pod (1.36). */
async function podLocation(reads: Reads, target: Target): Promise<string> {
  const id = splitName(target.name ?? '');
  if (!id) throw StatusError.badRequest(`invalid pod request ${JSON.stringify(target.name)}`);
  const { spec, status } = await podOf(reads, { ...target, name: id.name });
  const ip = status?.podIPs?.[0]?.ip ?? status?.podIP ?? '';
  if (!isProxyable(ip)) throw StatusError.badRequest('address not allowed');
  const port = id.port || spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort;
  return port === undefined ? joinHostPort(ip, 80) : joinHostPort(ip, port);
}

/** Models ResourceLocation of pkg/registry/core/service/storage (1.36); of ready endpoints the first. */
async function serviceLocation(reads: Reads, { namespace = '', name = '' }: Target): Promise<string> {
  const id = splitName(name);
  if (!id) throw StatusError.badRequest(`invalid service request ${JSON.stringify(name)}`);
  const service = await reads.get(serviceKind, namespace, id.name);
  if (!service) throw StatusError.notFound({ group: '', resource: 'services' }, id.name);
  const portName = portNameOf(service, id.port);
  for (const { metadata, endpoints = [], ports = [] } of await reads.list(endpointSliceKind, namespace)) {
    if (metadata.labels?.['kubernetes.io/service-name'] !== id.name) continue;
    const address = endpoints.find(({ conditions }) => conditions?.ready !== false)?.addresses[0];
    const port = ports.find((one) => (one.name ?? '') === portName)?.port;
    if (address === undefined || port === undefined) continue;
    if (!isProxyable(address)) throw StatusError.badRequest('address not allowed');
    return joinHostPort(address, port);
  }
  throw StatusError.unavailable(`no endpoints available for service ${JSON.stringify(id.name)}`);
}

/** A number names the port of the service; nothing is the name of an only port. */
function portNameOf({ metadata, spec }: Service, port: string): string {
  if (!/^\d+$/.test(port)) return port;
  const found = spec?.ports?.find((one) => one.port === Number(port));
  if (found) return found.name ?? '';
  throw StatusError.unavailable(`no service port ${port} found for service ${JSON.stringify(metadata.name)}`);
}

async function nodeLocation(reads: Reads, { name = '' }: Target): Promise<string> {
  const id = splitName(name);
  if (!id) throw StatusError.badRequest(`invalid node request ${JSON.stringify(name)}`);
  const kubelet = kubeletAddress(await nodeOf(reads, id.name));
  return id.port === '' ? kubelet : `${kubelet.slice(0, kubelet.lastIndexOf(':'))}:${id.port}`;
}

/** Not this machine, and no link's own. Models IsProxyableIP (1.36, CVE-2020-8562's older sister). */
function isProxyable(ip: string): boolean {
  const family = isIP(ip);
  if (family === 4) return !/^(127\.|169\.254\.|224\.0\.0\.|0\.0\.0\.0$)/.test(ip);
  return family === 6 && ip !== '::1' && ip !== '::' && !/^(fe[89ab]|ff.2:)/i.test(ip);
}
