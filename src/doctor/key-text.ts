const MAX_CHARACTERS = 200;

/** A key's name, or another text from outside, for a sentence: reports make it safe. One that is not UTF-8 has its bytes in hex; a long one is cut. */
export function keyText(key: string | Buffer): string {
  const text = typeof key === "string" ? key : `0x${key.toString("hex")}`;
  const characters = [...text];
  return characters.length <= MAX_CHARACTERS ? text : `${characters.slice(0, MAX_CHARACTERS).join("")}…`;
}
