import type { Quantity } from '#apimachinery';
import type { LimitRangeItem } from '#kinds';
import { type Amounts, amountsOf } from '#quota';

/** What something asks for, and its limits; a claim for storage has none. */
export interface Measured {
  readonly requests: Amounts;
  readonly limits: Amounts | undefined;
}

type ResourceList = Readonly<Record<string, string>> | undefined;

export function measured(resources: { requests?: ResourceList; limits?: ResourceList } | undefined): Measured {
  return { requests: amountsOf(resources?.requests), limits: amountsOf(resources?.limits) };
}

/** What is wrong with `it`, in upstream's words. Models min-, max- and limitRequestRatioConstraint of plugin limitranger (1.36). */
export function outsideOf(item: LimitRangeItem, it: Measured): string[] {
  const each = (list: ResourceList, check: (name: string, bound: Quantity) => string | undefined) =>
    [...amountsOf(list)].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, bound]) => check(name, bound));
  const { type } = item;
  const found = [
    ...each(item.min, (name, bound) =>
      belowMin(`minimum ${name} usage per ${type} is ${String(bound)}`, name, bound, it),
    ),
    ...each(item.max, (name, bound) =>
      aboveMax(`maximum ${name} usage per ${type} is ${String(bound)}`, name, bound, it),
    ),
    ...each(item.maxLimitRequestRatio, (name, bound) =>
      it.limits === undefined
        ? undefined
        : aboveRatio(`${name} max limit to request ratio per ${type} is ${String(bound)}`, name, bound, it),
    ),
  ];
  return found.filter((text) => text !== undefined);
}

function belowMin(rule: string, name: string, bound: Quantity, { requests, limits }: Measured): string | undefined {
  const request = requests.get(name);
  const limit = limits?.get(name);
  if (!request) return `${rule}.  No request is specified`;
  if (request.cmp(bound) < 0) return `${rule}, but request is ${String(request)}`;
  if (limit && limit.cmp(bound) < 0) return `${rule}, but limit is ${String(limit)}`;
  return undefined;
}

function aboveMax(rule: string, name: string, bound: Quantity, { requests, limits }: Measured): string | undefined {
  const request = requests.get(name);
  const limit = limits?.get(name);
  if (limits && !limit) return `${rule}.  No limit is specified`;
  if (!limits && !request) return `${rule}.  No request is specified`;
  if (limit && limit.cmp(bound) > 0) return `${rule}, but limit is ${String(limit)}`;
  if (request && request.cmp(bound) > 0) return `${rule}, but request is ${String(request)}`;
  return undefined;
}

function aboveRatio(rule: string, name: string, bound: Quantity, { requests, limits }: Measured): string | undefined {
  const request = requests.get(name);
  const limit = limits?.get(name);
  if (!request || request.isZero()) return `${rule}, but no request is specified or request is 0`;
  if (!limit || limit.isZero()) return `${rule}, but no limit is specified or limit is 0`;
  if (limit.milliValue() * 1000n <= request.milliValue() * bound.milliValue()) return undefined;
  return `${rule}, but provided ratio is ${(limit.toNumber() / request.toNumber()).toFixed(6)}`;
}
