/** Letters that are left of each word of a name. */
export const WORD_LETTERS = 2;

const WORDS = /[\p{L}\p{N}]+/gu;

/** A pattern with its words cut; what is no word stays. */
export function shortened(pattern: string): string {
  return pattern.replace(WORDS, (word) => [...word].slice(0, WORD_LETTERS).join(""));
}

/** Bytes that this takes off each name. */
export function shortening(pattern: string): number {
  return Buffer.byteLength(pattern) - Buffer.byteLength(shortened(pattern));
}
