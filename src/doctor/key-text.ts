/** A key's name for a sentence: reports make it safe; one that is not UTF-8 has its bytes in hex. */
export function keyText(key: string | Buffer): string {
  return typeof key === "string" ? key : `0x${key.toString("hex")}`;
}
