/** An unsigned integer of 64 bits. Ints are bigints and doubles numbers, so it needs a class to be told apart. */
export class CelUint {
  constructor(readonly value: bigint) {}
}
