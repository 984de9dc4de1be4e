import type { CostRange } from '../program.js';

/** Bounds of a size or of a cost. Infinity stands for upstream's largest number: not known to be bounded. */
export const UNKNOWN: CostRange = { min: 0, max: Number.POSITIVE_INFINITY };

export function fixed(value: number): CostRange {
  return { min: value, max: value };
}

export function plus(first: CostRange, ...others: readonly CostRange[]): CostRange {
  return others.reduce((sum, other) => ({ min: sum.min + other.min, max: sum.max + other.max }), first);
}

export function times(first: CostRange, second: CostRange): CostRange {
  return { min: product(first.min, second.min), max: product(first.max, second.max) };
}

/** Rounded up to whole costs. */
export function scaled(range: CostRange, factor: number): CostRange {
  return { min: Math.ceil(range.min * factor), max: Math.ceil(range.max * factor) };
}

export function union(first: CostRange, second: CostRange): CostRange {
  return { min: Math.min(first.min, second.min), max: Math.max(first.max, second.max) };
}

/** Nothing times no bound is nothing. */
function product(first: number, second: number): number {
  return first === 0 || second === 0 ? 0 : first * second;
}
