import { parseQuantity } from '#apimachinery';
import type { PersistentVolumeClaimSpec } from '../generated/types.js';

/** Models GetWarningsForPersistentVolumeClaimSpec (1.36): a size in parts of a byte. */
export function claimSpecWarnings(field: string, { resources }: PersistentVolumeClaimSpec): string[] {
  const warnings: string[] = [];
  for (const list of ['requests', 'limits'] as const) {
    const text = resources?.[list]?.['storage'];
    if (text === undefined) continue;
    const quantity = parseQuantity(text);
    if (quantity.milliValue() % 1000n !== 0n) {
      const shown = JSON.stringify(quantity.toString());
      warnings.push(
        `${field}.resources.${list}[storage]: fractional byte value ${shown} is invalid, must be an integer`,
      );
    }
  }
  return warnings;
}
