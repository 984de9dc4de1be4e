declare const revisionBrand: unique symbol;

/** A position in one sandbox's log: dense, from 1. `metadata.resourceVersion` is its decimal form. Exact up to 2^53. */
export type Revision = number & { readonly [revisionBrand]: true };

export function revision(value: number): Revision {
  return value as Revision;
}
