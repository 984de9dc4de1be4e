import { type FieldError, fieldError, parseQuantity, type Quantity } from '#apimachinery';
import { isHugePages, isIntegerResource, pageSizeOf } from './resource-names.js';

/** Not negative, whole where pieces are counted. Models ValidateResourceQuantityValue (1.36). */
export function checkQuantity(errors: FieldError[], field: string, name: string, quantity: Quantity): void {
  if (quantity.milliValue() < 0n) {
    errors.push(fieldError.invalid(field, quantity.toString(), 'must be greater than or equal to 0'));
  }
  if (quantity.milliValue() % 1000n !== 0n && isIntegerResource(name)) {
    errors.push(fieldError.invalid(field, quantity.toString(), 'must be an integer'));
  }
}

/** Huge pages come in pages. Models validateResourceQuantityHugePageValue (1.36). */
export function checkHugePages(errors: FieldError[], field: string, name: string, quantity: Quantity): void {
  if (!isHugePages(name)) return;
  const size = sizeOf(pageSizeOf(name));
  if (size !== undefined && quantity.value() % size === 0n) return;
  const text = quantity.toString();
  errors.push(fieldError.invalid(field, text, `${text} is not positive integer multiple of ${name}`));
}

function sizeOf(text: string): bigint | undefined {
  try {
    const value = parseQuantity(text).value();
    return value > 0n ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Models ValidatePositiveQuantityValue. */
export function checkPositiveQuantity(errors: FieldError[], field: string, text: string): void {
  const quantity = parseQuantity(text);
  if (quantity.milliValue() <= 0n) {
    errors.push(fieldError.invalid(field, quantity.toString(), 'must be greater than zero'));
  }
}
