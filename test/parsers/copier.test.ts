import { expect, test } from "vitest";
import { Copier } from "../../parsers/copier.ts";
import { Random } from "../fuzz/random.ts";

test("ranges arrive whole, and nothing beside them changes", () => {
  const random = new Random(1, 1);
  const source = Uint8Array.from({ length: 2000 }, () => random.below(256));
  const copier = new Copier();
  for (let i = 0; i < 2000; i++) {
    const target = new Uint8Array(1200).fill(7);
    const [start, at, length] = [
      random.below(1000),
      random.below(600),
      random.below(i % 10 === 0 ? 600 : 70),
    ];
    copier.copy(source, start, target, at, length);
    const wanted = new Uint8Array(1200).fill(7);
    for (let k = 0; k < length; k++) wanted[at + k] = source[start + k]!;
    expect(Buffer.compare(target, wanted)).toBe(0);
  }
});

test("every byte but NUL and those beyond ASCII is plain, wherever it stands", () => {
  const copier = new Copier();
  const target = new Uint8Array(16);
  for (let byte = 0; byte < 256; byte++) {
    for (let at = 0; at < 7; at++) {
      const source = new Uint8Array(7).fill(0x7f);
      source[at] = byte;
      expect(copier.copy(source, 0, target, 3, 7)).toBe(byte > 0 && byte < 128);
    }
  }
});

test("long ranges are not looked at", () => {
  expect(new Copier().copy(new Uint8Array(300).fill(65), 0, new Uint8Array(300), 0, 300)).toBe(false);
});
