import { parseQuantity, Quantity } from '#apimachinery';

/** Resource names to amounts. Models the arithmetic of k8s.io/apiserver/pkg/quota/v1 (1.36). */
export type Amounts = ReadonlyMap<string, Quantity>;

type ResourceList = Readonly<Record<string, string | number>>;

export const ONE = Quantity.of(1);

/** Amounts of a resource list as objects carry it; an unreadable one counts as nothing. */
export function amountsOf(list: ResourceList | undefined): Map<string, Quantity> {
  const amounts = new Map<string, Quantity>();
  for (const [name, value] of Object.entries(list ?? {})) amounts.set(name, readable(value));
  return amounts;
}

function readable(value: string | number): Quantity {
  try {
    return parseQuantity(value);
  } catch (error) {
    if (error instanceof RangeError) return Quantity.ZERO;
    throw error;
  }
}

/** As objects carry it, names in order. */
export function listOf(amounts: Amounts): Record<string, string> {
  return Object.fromEntries([...amounts.keys()].toSorted().map((name) => [name, String(amounts.get(name))]));
}

/** Adds `more` to `into`, in place. */
export function addInto(into: Map<string, Quantity>, more: Amounts): Map<string, Quantity> {
  for (const [name, amount] of more) into.set(name, into.get(name)?.add(amount) ?? amount);
  return into;
}

/** What `after` has more than `before`; what it has less counts as nothing. */
export function growth(after: Amounts, before: Amounts): Map<string, Quantity> {
  const grown = new Map<string, Quantity>();
  for (const [name, amount] of after) {
    const left = amount.sub(before.get(name) ?? Quantity.ZERO);
    grown.set(name, left.sign() < 0 ? Quantity.ZERO : left);
  }
  return grown;
}

export function masked(amounts: Amounts, names: ReadonlySet<string>): Map<string, Quantity> {
  return new Map([...amounts].filter(([name]) => names.has(name)));
}

/** 'cpu=1,pods=2': how refusals show amounts. */
export function amountsText(amounts: Amounts): string {
  return [...amounts.keys()]
    .toSorted()
    .map((name) => `${name}=${String(amounts.get(name))}`)
    .join(',');
}
