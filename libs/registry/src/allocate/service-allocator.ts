import { LRUCache } from 'lru-cache';
import type { SandboxId } from '#base';
import { type FieldError, fieldError, type KubeObject, StatusError } from '#apimachinery';
import { type Service, serviceKind, type ServiceSpec, storagePrefix } from '#kinds';
import type { ReadView, StoredObject } from '#storage';
import type { RequestContext } from '../request.js';
import type { Allocator, Claim } from './allocations.js';
import { Claims } from './claims.js';
import { drawFree, ipNumber, ipText, serviceRange } from './service-range.js';

const RANGE = serviceRange('10.96.0.0/12');
const PORT_FIRST = 30_000;
const PORT_LAST = 32_767;
const HEADLESS = 'None';
const SANDBOXES_MAX = 10_000;

/** What one stored service holds: 'ip 10.96.0.1', 'port 30080'. */
const held = new WeakMap<StoredObject, readonly string[]>();

/** Cluster addresses and node ports of services. Models pkg/registry/core/service/storage alloc.go (1.36), IPv4 only. */
export class ServiceAllocator implements Allocator {
  /** Claims last milliseconds: a sandbox that fell out of here has none. */
  private readonly bySandbox = new LRUCache<SandboxId, Claims>({ max: SANDBOXES_MAX });

  constructor(private readonly store: Pick<ReadView, 'list'>) {}

  async claim(ctx: RequestContext, object: KubeObject, old: KubeObject | undefined): Promise<Claim | undefined> {
    const service = object as Service;
    if (!service.spec) return undefined;
    if (service.spec.type === 'ExternalName') {
      dropAddresses(service);
      return undefined;
    }
    const page = await this.store.list(ctx.env.id, { prefix: storagePrefix(serviceKind, undefined) });
    const claims = this.claimsOf(ctx.env.id);
    claims.seen(page.revision);
    const own = new Set(old ? heldBy(old as Service) : []);
    const taken = new Set<string>();
    for (const stored of page.items) for (const value of heldIn(stored)) if (!own.has(value)) taken.add(value);
    const draw = new Draw(ctx, service, (value) => !taken.has(value) && (own.has(value) || !claims.has(value)));
    const values = draw.all().filter((value) => !own.has(value));
    for (const value of values) claims.hold(value);
    return { release: (written) => claims.release(values, written) };
  }

  private claimsOf(sandbox: SandboxId): Claims {
    let claims = this.bySandbox.get(sandbox);
    if (!claims) this.bySandbox.set(sandbox, (claims = new Claims()));
    return claims;
  }
}

function dropAddresses(service: Service): void {
  const { clusterIP: _ip, clusterIPs: _ips, ipFamilies: _families, ipFamilyPolicy: _policy, ...spec } = service.spec!;
  service.spec = spec;
}

function heldIn(stored: StoredObject): readonly string[] {
  let values = held.get(stored);
  if (!values) held.set(stored, (values = heldBy(JSON.parse(stored.text) as Service)));
  return values;
}

function heldBy({ spec = {} }: Service): string[] {
  const values: string[] = [];
  if (spec.clusterIP && spec.clusterIP !== HEADLESS) values.push(`ip ${spec.clusterIP}`);
  for (const { nodePort } of spec.ports ?? []) if (nodePort) values.push(`port ${nodePort}`);
  if (spec.healthCheckNodePort) values.push(`port ${spec.healthCheckNodePort}`);
  return values;
}

/** One service's way through the ranges. Everything it takes is free; what was asked for and is not is refused with 422. */
class Draw {
  private readonly errors: FieldError[] = [];
  private readonly mine = new Set<string>();

  constructor(
    private readonly ctx: RequestContext,
    private readonly service: Service,
    private readonly isFree: (value: string) => boolean,
  ) {}

  all(): string[] {
    // The stored service may share its spec with this one: changed in a copy only.
    const spec: ServiceSpec = { ...this.service.spec };
    this.address(spec);
    if (takesNodePorts(spec)) this.ports(spec);
    if (this.errors.length > 0) {
      throw StatusError.invalid({ group: '', kind: 'Service' }, this.service.metadata.name ?? '', this.errors);
    }
    this.service.spec = spec;
    return [...this.mine];
  }

  private address(spec: ServiceSpec): void {
    spec.clusterIP ||= spec.clusterIPs?.[0] ?? '';
    if (spec.clusterIP === '') {
      const free = drawFree(this.ctx.env.random, RANGE.dynamicFirst, RANGE.last, (n) => this.isFree(`ip ${ipText(n)}`));
      if (free === undefined) throw StatusError.internal('failed to allocate a serviceIP: range is full');
      spec.clusterIP = ipText(free);
    } else if (spec.clusterIP !== HEADLESS) {
      this.checkAddress(spec.clusterIP);
    }
    if (spec.clusterIP !== HEADLESS) this.mine.add(`ip ${spec.clusterIP}`);
    spec.clusterIPs = [spec.clusterIP];
    spec.ipFamilies ??= ['IPv4'];
    spec.ipFamilyPolicy ??= 'SingleStack';
  }

  private checkAddress(ip: string): void {
    const refuse = (why: string) =>
      this.errors.push(fieldError.invalid('spec.clusterIPs', [ip], `failed to allocate IP ${ip}: ${why}`));
    const number = ipNumber(ip);
    if (number === undefined || number < RANGE.first || number > RANGE.last) {
      refuse(`the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${RANGE.cidr}`);
    } else if (!this.isFree(`ip ${ip}`)) {
      refuse('provided IP is already allocated');
    }
  }

  private ports(spec: ServiceSpec): void {
    const ports = (spec.ports ?? []).map((port) => ({ ...port }));
    // Those asked for by number first, so that chance cannot take them away.
    for (const [index, port] of ports.entries()) {
      if (port.nodePort) this.checkPort(`spec.ports[${index}].nodePort`, port.nodePort);
    }
    for (const port of ports) if (!port.nodePort) port.nodePort = this.drawPort();
    spec.ports = ports;
    if (spec.type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local') return;
    if (spec.healthCheckNodePort) this.checkPort('spec.healthCheckNodePort', spec.healthCheckNodePort);
    else spec.healthCheckNodePort = this.drawPort();
  }

  private checkPort(field: string, port: number): void {
    if (port < PORT_FIRST || port > PORT_LAST) {
      const range = `The range of valid ports is ${PORT_FIRST}-${PORT_LAST}`;
      this.errors.push(fieldError.invalid(field, port, `provided port is not in the valid range. ${range}`));
    } else if (!this.isFree(`port ${port}`)) {
      this.errors.push(fieldError.invalid(field, port, 'provided port is already allocated'));
    }
    this.mine.add(`port ${port}`);
  }

  private drawPort(): number {
    const isFree = (port: number) => this.isFree(`port ${port}`) && !this.mine.has(`port ${port}`);
    const port = drawFree(this.ctx.env.random, PORT_FIRST, PORT_LAST, isFree);
    if (port === undefined) throw StatusError.internal('failed to allocate a nodePort: range is full');
    this.mine.add(`port ${port}`);
    return port;
  }
}

function takesNodePorts(spec: ServiceSpec): boolean {
  if (spec.type === 'NodePort') return true;
  return spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false;
}
