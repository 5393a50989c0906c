import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyHashSlot } from "../../src/inventory/slot.ts";

const slotOf = (key: string | Uint8Array) =>
  keyHashSlot(Buffer.from(key as string), Buffer.from(key as string).length);

/** CRC16/XMODEM a bit at a time. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}

describe("keyHashSlot", () => {
  // 0x31C3 is the check value of CRC16/XMODEM; the other slots are what CLUSTER KEYSLOT answers.
  it.each([
    ["123456789", 0x31c3],
    ["", 0],
    ["foo", 12182],
    ["bar", 5061],
    ["hello", 866],
  ])("%j is in slot %d", (key, slot) => expect(slotOf(key)).toBe(slot));

  it.each([
    ["{user1000}.following", "user1000"],
    ["{user1000}.followers", "user1000"],
    ["foo{{bar}}zap", "{bar"],
    ["foo{bar}{zap}", "bar"],
    ["{bar}", "bar"],
    ["a}b{bar}", "bar"],
  ])("of %j is that of its tag %j", (key, tag) => expect(slotOf(key)).toBe(crc16(Buffer.from(tag)) % 16384));

  it.each(["foo{}{bar}", "foo{bar", "foo}bar{", "{}", "{", "a{}"])(
    "of %j, without a tag, is that of the whole name",
    (key) => expect(slotOf(key)).toBe(crc16(Buffer.from(key)) % 16384),
  );

  it("is the remainder of CRC16 for any bytes without a brace, and looks at `length` bytes only", () => {
    const bytes = fc.uint8Array({ maxLength: 64 }).map((b) => b.map((byte) => (byte === 0x7b ? 0x7c : byte)));
    fc.assert(
      fc.property(bytes, fc.uint8Array({ maxLength: 8 }), (key, rest) => {
        expect(keyHashSlot(Buffer.concat([key, Buffer.from("}"), rest]), key.length)).toBe(
          crc16(key) % 16384,
        );
      }),
    );
  });
});
