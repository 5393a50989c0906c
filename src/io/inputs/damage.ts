/** Why a decoder cannot go on. */
export class InputDamage extends Error {
  override readonly name = "InputDamage";
  readonly offset: number;
  readonly code: "BAD_COMPRESSION" | "UNSUPPORTED_INPUT";

  /** `offset` counts in the decoder's own input. */
  constructor(reason: string, offset: number, code: InputDamage["code"] = "BAD_COMPRESSION") {
    super(reason);
    this.offset = offset;
    this.code = code;
  }
}

/** The input ends where more must follow. */
export function truncated(offset: number): InputDamage {
  return new InputDamage("it ends in the middle: truncated", offset);
}

/** The input may be sound, but needs what is not here. */
export function unsupported(reason: string, offset: number): InputDamage {
  return new InputDamage(reason, offset, "UNSUPPORTED_INPUT");
}
