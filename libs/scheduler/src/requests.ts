import { parseQuantity } from '#apimachinery';
import type { Container, PodSpec } from '#kinds';

/**
 * An amount of every resource, in the scheduler's units: CPU in millicores, memory and ephemeral storage in bytes,
 * others in whole units. Plain numbers: exact to 2^53, and adding them up is what the loop does most.
 */
export interface Amounts {
  milliCpu: number;
  memory: number;
  ephemeralStorage: number;
  /** Extended resources and huge pages by name; absent when there are none, which is nearly always. */
  scalar: Map<string, number> | undefined;
}

export const noAmounts = (): Amounts => ({ milliCpu: 0, memory: 0, ephemeralStorage: 0, scalar: undefined });

type ResourceList = Readonly<Record<string, string>>;

/** What a container without requests counts for when nodes are compared. Models util.DefaultMilliCPURequest and DefaultMemoryRequest (1.36). */
const NON_ZERO_MILLI_CPU = 100;
const NON_ZERO_MEMORY_BYTES = 200 * 1024 * 1024;

/** Quantities repeat ('100m', '128Mi'): remembering the last few hundred saves most of the parsing. Emptied when full. */
const PARSED_QUANTITIES_MAX = 1024;
const parsedQuantities = new Map<string, { value: number; milli: number }>();

/** What cannot be read (a node's status is not ours to validate) counts as nothing. */
function measured(text: string): { value: number; milli: number } {
  try {
    const quantity = parseQuantity(text);
    return { value: Number(quantity.value()), milli: Number(quantity.milliValue()) };
  } catch (error) {
    if (error instanceof RangeError) return { value: 0, milli: 0 };
    throw error;
  }
}

function parsed(text: string): { value: number; milli: number } {
  const known = parsedQuantities.get(text);
  if (known) return known;
  const fresh = measured(text);
  if (parsedQuantities.size >= PARSED_QUANTITIES_MAX) parsedQuantities.clear();
  parsedQuantities.set(text, fresh);
  return fresh;
}

/** Names outside kubernetes.io that carry a domain, and huge pages. Models v1helper.IsScalarResourceName (1.36). */
function isScalar(name: string): boolean {
  return name.includes('/') || name.startsWith('hugepages-') || name.startsWith('attachable-volumes-');
}

export function amountsOf(list: ResourceList | undefined): Amounts {
  const amounts = noAmounts();
  if (!list) return amounts;
  for (const name of Object.keys(list)) {
    const quantity = parsed(String(list[name]));
    if (name === 'cpu') amounts.milliCpu = quantity.milli;
    else if (name === 'memory') amounts.memory = quantity.value;
    else if (name === 'ephemeral-storage') amounts.ephemeralStorage = quantity.value;
    else if (isScalar(name)) (amounts.scalar ??= new Map()).set(name, quantity.value);
  }
  return amounts;
}

/** The number of pods a node allows. */
export function podsAllowed(list: ResourceList | undefined): number {
  return list?.['pods'] === undefined ? 0 : parsed(String(list['pods'])).value;
}

/** `into += factor × more`; factor -1 takes away. */
export function addAmounts(into: Amounts, more: Amounts, factor: 1 | -1 = 1): void {
  into.milliCpu += factor * more.milliCpu;
  into.memory += factor * more.memory;
  into.ephemeralStorage += factor * more.ephemeralStorage;
  if (!more.scalar) return;
  into.scalar ??= new Map();
  for (const [name, amount] of more.scalar) into.scalar.set(name, (into.scalar.get(name) ?? 0) + factor * amount);
}

function maxAmounts(into: Amounts, other: Amounts): void {
  into.milliCpu = Math.max(into.milliCpu, other.milliCpu);
  into.memory = Math.max(into.memory, other.memory);
  into.ephemeralStorage = Math.max(into.ephemeralStorage, other.ephemeralStorage);
  if (!other.scalar) return;
  into.scalar ??= new Map();
  for (const [name, amount] of other.scalar) into.scalar.set(name, Math.max(into.scalar.get(name) ?? 0, amount));
}

const isSidecar = (container: Container) => container.restartPolicy === 'Always';

/**
 * What the pod takes of a node:
 *
 *   max( containers + sidecars,
 *        for each plain init container: it + the sidecars started before it ) + overhead
 *
 * with pod-level requests, where given, in place of the containers' for that resource. Models resourcehelper.PodRequests (1.36).
 */
export function podRequests(spec: PodSpec, requestsOf: (container: Container) => Amounts): Amounts {
  const total = noAmounts();
  for (const container of spec.containers) addAmounts(total, requestsOf(container));
  const sidecars = noAmounts();
  const initPeak = noAmounts();
  for (const container of spec.initContainers ?? []) {
    const own = requestsOf(container);
    if (isSidecar(container)) {
      addAmounts(total, own);
      addAmounts(sidecars, own);
      maxAmounts(initPeak, sidecars);
    } else {
      const stage = noAmounts();
      addAmounts(stage, own);
      addAmounts(stage, sidecars);
      maxAmounts(initPeak, stage);
    }
  }
  maxAmounts(total, initPeak);
  applyPodLevel(total, spec);
  if (spec.overhead) addAmounts(total, amountsOf(spec.overhead));
  return total;
}

function applyPodLevel(total: Amounts, spec: PodSpec): void {
  const requests = spec.resources?.requests;
  if (!requests) return;
  const podLevel = amountsOf(requests);
  if (Object.hasOwn(requests, 'cpu')) total.milliCpu = podLevel.milliCpu;
  if (Object.hasOwn(requests, 'memory')) total.memory = podLevel.memory;
  for (const [name, amount] of podLevel.scalar ?? []) (total.scalar ??= new Map()).set(name, amount);
}

export const containerRequests = (container: Container): Amounts => amountsOf(container.resources?.requests);

/** As containerRequests, but a container that asks for no CPU or memory counts for a little of each. */
export function nonZeroContainerRequests(container: Container): Amounts {
  const amounts = containerRequests(container);
  const requests = container.resources?.requests;
  if (requests?.['cpu'] === undefined) amounts.milliCpu = NON_ZERO_MILLI_CPU;
  if (requests?.['memory'] === undefined) amounts.memory = NON_ZERO_MEMORY_BYTES;
  return amounts;
}
