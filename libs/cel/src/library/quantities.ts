import { Quantity } from '#apimachinery';
import { CelType } from '../typing/cel-type.js';
import type { OverloadRow } from '../typing/signature.js';
import { CelFault, CelOpaque, type Value } from '../value/value.js';

const QUANTITY = CelType.opaque('kubernetes.Quantity');
const INT_MAX = 2n ** 63n - 1n;

class QuantityValue extends CelOpaque {
  readonly celType = QUANTITY;

  constructor(readonly quantity: Quantity) {
    super();
  }

  equals(other: Value): boolean {
    return other instanceof QuantityValue && this.quantity.cmp(other.quantity) === 0;
  }
}

type Q = QuantityValue;
const Q = QUANTITY.name;
const made = (quantity: Quantity): QuantityValue => new QuantityValue(quantity);

/** Models apiserver's cel/library/quantity.go (1.36). */
export const QUANTITIES: readonly OverloadRow[] = [
  ['string_to_quantity', `quantity(string) -> ${Q}`, parsed],
  ['is_quantity_string', 'isQuantity(string) -> bool', (text: string) => parsed(text) instanceof QuantityValue],
  ['quantity_sign', `<${Q}>.sign() -> int`, ({ quantity }: Q) => BigInt(quantity.sign())],
  ['quantity_is_integer', `<${Q}>.isInteger() -> bool`, ({ quantity }: Q) => integerOf(quantity) !== undefined],
  [
    'quantity_as_integer',
    `<${Q}>.asInteger() -> int`,
    ({ quantity }: Q) => integerOf(quantity) ?? new CelFault('cannot convert value to integer'),
  ],
  ['quantity_as_float', `<${Q}>.asApproximateFloat() -> double`, ({ quantity }: Q) => quantity.toNumber()],
  ['quantity_is_greater_than', `<${Q}>.isGreaterThan(${Q}) -> bool`, (a: Q, b: Q) => a.quantity.cmp(b.quantity) > 0],
  ['quantity_is_less_than', `<${Q}>.isLessThan(${Q}) -> bool`, (a: Q, b: Q) => a.quantity.cmp(b.quantity) < 0],
  ['quantity_compare_to', `<${Q}>.compareTo(${Q}) -> int`, (a: Q, b: Q) => BigInt(a.quantity.cmp(b.quantity))],
  ['quantity_add', `<${Q}>.add(${Q}) -> ${Q}`, (a: Q, b: Q) => made(a.quantity.add(b.quantity))],
  ['quantity_add_int', `<${Q}>.add(int) -> ${Q}`, (a: Q, b: bigint) => made(a.quantity.add(Quantity.of(b)))],
  ['quantity_sub', `<${Q}>.sub(${Q}) -> ${Q}`, (a: Q, b: Q) => made(a.quantity.sub(b.quantity))],
  ['quantity_sub_int', `<${Q}>.sub(int) -> ${Q}`, (a: Q, b: bigint) => made(a.quantity.sub(Quantity.of(b)))],
];

function parsed(text: string): Value {
  try {
    return new QuantityValue(Quantity.parse(text));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new CelFault(error.message);
  }
}

/** undefined where it has a fraction or more than 64 bits. */
function integerOf(quantity: Quantity): bigint | undefined {
  const units = quantity.value();
  const isWhole = Quantity.of(units).cmp(quantity) === 0;
  return isWhole && units <= INT_MAX && units >= -INT_MAX - 1n ? units : undefined;
}
