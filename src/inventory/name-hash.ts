import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** Hexadecimal digits of a hash that are kept: 128 bits. */
const HASH_DIGITS = 32;
const ID_DIGITS = 16;

/** Shorter secrets can be found by trying. */
export const MIN_SECRET_BYTES = 16;

/**
 * Puts a keyed hash in the place of names: `#` and the first 32 hexadecimal digits of HMAC-SHA-256(secret, name). Who
 * does not have the secret can neither turn it back nor try names.
 */
export class NameHash {
  private readonly secret: KeyObject;

  constructor(secret: Uint8Array) {
    this.secret = createSecretKey(secret);
  }

  /** The hash of the name in `bytes[0, length)`. */
  text(bytes: Uint8Array, length = bytes.length): string {
    const digest = createHmac("sha256", this.secret).update(bytes.subarray(0, length)).digest("hex");
    return `#${digest.slice(0, HASH_DIGITS)}`;
  }

  /** The same as bytes. */
  bytes(bytes: Uint8Array, length = bytes.length): Uint8Array {
    return Buffer.from(this.text(bytes, length), "latin1");
  }

  /** Which secret it is: inventories of one id have the same hashes. No name's hash, being of another function. */
  get id(): string {
    return createHmac("sha512", this.secret).update("id").digest("hex").slice(0, ID_DIGITS);
  }
}

/** Whether a text is what `NameHash` makes of names. */
export function isNameHash(text: string): boolean {
  return /^#[0-9a-f]{32}$/.test(text);
}
