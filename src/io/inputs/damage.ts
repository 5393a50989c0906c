/** Damage that a decoder found in its own input. */
export class InputDamage extends Error {
  override readonly name = "InputDamage";
  readonly offset: number;

  /** `offset` counts in the decoder's input. */
  constructor(reason: string, offset: number) {
    super(reason);
    this.offset = offset;
  }
}

/** The input ends where more must follow. */
export function truncated(offset: number): InputDamage {
  return new InputDamage("it ends in the middle: truncated", offset);
}
