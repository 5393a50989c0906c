import { createHash } from "node:crypto";
import zlib from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader, type Pieces } from "../../../src/io/inputs/byte-reader.ts";
import { InputDamage } from "../../../src/io/inputs/damage.ts";
import { wrappingOf } from "../../../src/io/inputs/forms.ts";
import { expandLz4Block } from "../../../src/io/inputs/lz4-block.ts";
import { XxHash32 } from "../../../src/io/inputs/xxhash32.ts";
import { XxHash64 } from "../../../src/io/inputs/xxhash64.ts";
import { diskless, lz4Frame, MARK, vcs, zstdFrame } from "../../support/wrap.ts";
import { referenceFile, referenceText } from "./reference.ts";

const REFERENCE = referenceText();
/** Made by gzip 1.12, lz4 1.9.4 and zstd 1.5.4: fixtures/README.md says how. */
const FILES = [
  "members.gz",
  "linked.lz4",
  "independent.lz4",
  "frames.lz4",
  "checked.zst",
  "unchecked.zst",
  "frames.zst",
];

/** Pieces of a length each, all in one buffer that is overwritten, as decoders may do. */
async function* cut(bytes: Uint8Array, length: number): Pieces {
  const buffer = new Uint8Array(length);
  for (let at = 0; at < bytes.length; at += length) {
    const piece = bytes.subarray(at, at + length);
    buffer.fill(0xee);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}

/** The content of a wrapped input; what is thrown, if it is damaged. */
async function unwrapped(bytes: Uint8Array, length = 65536): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of wrappingOf(bytes)!.unpack(new ByteReader(cut(bytes, length)), false)) {
    parts.push(piece.slice());
  }
  return Buffer.concat(parts);
}

const damageOf = (bytes: Uint8Array, length?: number) =>
  unwrapped(bytes, length).then(
    () => undefined,
    (error) => error as InputDamage,
  );

describe("hashes", () => {
  // Known answers of the reference implementation, xxhsum 0.8.
  it.each([
    ["", 0x02cc5d05, 0x51d8e999],
    ["a", 0x550d7456, 0xa98c6e5b],
    ["abc", 0x32d153ff, 0xad770999],
  ])("of %j are those of xxHash", (text, hash32, hash64) => {
    expect(XxHash32.of(Buffer.from(text))).toBe(hash32);
    expect(new XxHash64().update(Buffer.from(text)).lowDigest()).toBe(hash64);
  });

  it("do not depend on how bytes are cut", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.nat(200), (bytes, a, b) => {
        const ends = [Math.min(a, b), Math.max(a, b)];
        for (const make of [() => new XxHash32(), () => new XxHash64()]) {
          const digest = (...pieces: Uint8Array[]) => {
            const hash = make();
            for (const piece of pieces) hash.update(piece);
            return hash instanceof XxHash32 ? hash.digest() : hash.lowDigest();
          };
          const pieces = [
            bytes.subarray(0, ends[0]),
            bytes.subarray(ends[0], ends[1]),
            bytes.subarray(ends[1]),
          ];
          expect(digest(...pieces)).toBe(digest(bytes));
        }
      }),
    );
  });
});

describe("ByteReader", () => {
  it("gives the same bytes whatever the pieces", async () => {
    const bytes = Buffer.from(Array.from({ length: 100 }, (_, i) => i));
    for (const length of [1, 3, 7, 100]) {
      const reader = new ByteReader(cut(bytes, length));
      expect(Buffer.from(await reader.peek(10))).toEqual(bytes.subarray(0, 10));
      expect(Buffer.from(await reader.take(20))).toEqual(bytes.subarray(0, 20));
      await reader.skip(30);
      expect(reader.offset).toBe(50);
      const rest: number[] = [];
      for await (const piece of reader.rest(4)) rest.push(...piece);
      expect(rest).toEqual([...bytes.subarray(50)]);
      expect([await reader.atEnd(), (await reader.peek(5)).length]).toEqual([true, 0]);
      await expect(reader.take(1)).rejects.toMatchObject({ offset: 100 });
    }
  });
});

describe("what gzip, lz4 and zstd wrote", () => {
  it("is compared with the text they were given", () => {
    expect(createHash("sha256").update(REFERENCE).digest("hex").slice(0, 16)).toBe("5779e7008aa6f27e");
  });

  it.each(FILES)("is unpacked to the same bytes, however it comes: %s", async (name) => {
    const file = referenceFile(name);
    for (const length of [file.length, 4096, 61]) {
      expect((await unwrapped(file, length)).equals(REFERENCE)).toBe(true);
    }
  });

  it.each(FILES)("is truncated wherever it is cut: %s", async (name) => {
    const file = referenceFile(name);
    const zeros = name === "members.gz" ? 512 : 0;
    const whole = new Set(endsOf(file, name));
    for (let i = 1; i < 60; i++) {
      const end = Math.floor(((file.length - zeros) * i) / 60);
      if (end < 8 || whole.has(end)) continue;
      expect(await damageOf(file.subarray(0, end))).toMatchObject({
        name: "InputDamage",
        message: "it ends in the middle: truncated",
        offset: end,
      });
    }
  });

  it.each(FILES)("is never taken for something else when a byte changes: %s", async (name) => {
    const file = referenceFile(name);
    const checked = name !== "unchecked.zst" && name !== "independent.lz4";
    for (let i = 0; i < 80; i++) {
      const changed = Buffer.from(file);
      changed[4 + ((i * 7919) % (file.length - 4))]! ^= 1 << (i % 8);
      try {
        const content = await unwrapped(changed);
        if (checked) expect(content.equals(REFERENCE)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(InputDamage);
        expect((error as InputDamage).offset).toBeLessThanOrEqual(file.length);
      }
    }
  });
});

/** Where a file may be cut and is whole all the same: behind each of its frames. */
function endsOf(file: Buffer, name: string): number[] {
  const magic = { gz: "\x1f\x8b\x08", lz4: "\x04\x22\x4d\x18", zst: "\x28\xb5\x2f\xfd" }[
    name.split(".")[1]!
  ]!;
  const text = file.toString("latin1");
  const starts: number[] = [];
  for (let at = text.indexOf(magic, 1); at >= 0; at = text.indexOf(magic, at + 1)) starts.push(at);
  return starts;
}

describe("other data behind the end", () => {
  it.each([
    ["gzip", zlib.gzipSync("abc"), Buffer.from("x")],
    ["gzip and zeros", zlib.gzipSync("abc"), Buffer.from("\0\0\0x")],
    ["lz4", lz4Frame(Buffer.from("abc")), Buffer.from("garbage")],
    ["zstd", zstdFrame(Buffer.from("abc")), Buffer.from("garbage")],
  ])("is damage: %s", async (_, file, garbage) => {
    const bytes = Buffer.concat([file, garbage]);
    for (const length of [1, bytes.length]) expect(await damageOf(bytes, length)).toBeInstanceOf(InputDamage);
    expect((await unwrapped(file)).toString()).toBe("abc");
  });
});

describe("an LZ4 frame", () => {
  it.each([
    ["a version that is not known", (b: Buffer) => b.writeUInt8(0xa4, 4), /header is none/],
    ["a header that was changed", (b: Buffer) => b.writeUInt8(0x50, 5), /checksum of the frame's header/],
    ["a block that is too long", (b: Buffer) => b.writeUInt32LE(0x80010001, 7), /longer than it may be/],
    ["content that was changed", (b: Buffer) => b.writeUInt8(0x78, 12), /checksum of the content/],
    ["a dictionary", (b: Buffer) => b.writeUInt8(0x65, 4), /needs a dictionary/],
  ])("is refused for %s", async (_, change, message) => {
    const frame = lz4Frame(Buffer.from("abcdef"));
    change(frame);
    const damage = await damageOf(frame);
    expect(damage?.message).toMatch(message);
  });

  it.each([
    ["literals that are not there", [0x50, 1, 2]],
    ["a match before the beginning", [0x10, 1, 9, 0, 0x10, 1]],
    ["a match at distance 0", [0x10, 1, 0, 0, 0x10, 1]],
    ["half a distance", [0x10, 1, 1]],
    ["an end behind a match", [0x10, 1, 1, 0]],
    ["more than fits", [0x1f, 1, 1, 0, 255, 255, 255, 0, 0x10, 1]],
  ])("has no block with %s", (_, block) => {
    expect(expandLz4Block(Uint8Array.from(block), new Uint8Array(100), 0, 100)).toBe(-1);
  });

  it("repeats what a match overlaps", () => {
    const target = Buffer.alloc(20, ".");
    const end = expandLz4Block(Uint8Array.from([0x24, 97, 98, 2, 0, 0x10, 99]), target, 1, 20);
    expect([end, target.toString()]).toEqual([12, ".ababababab c........".replace(" ", "")]);
  });
});

describe("a zstd frame", () => {
  it.each([
    [
      "a window of 2 GiB",
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 1, 0, 0]),
      /needs a window of 2147483648/,
    ],
    ["a dictionary", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 0, 9, 1, 0, 0]), /needs a dictionary/],
  ])("is not supported with %s", async (_, frame, message) => {
    const damage = await damageOf(frame);
    expect(damage?.message).toMatch(message);
    expect(damage?.code).toBe("UNSUPPORTED_INPUT");
  });

  it.each([
    ["a reserved bit", [8, 0, 1, 0, 0]],
    ["a reserved block type", [0, 0, 7, 0, 0]],
    ["a block of 2 MiB", [0, 0, 0xf9, 0xff, 0xff]],
  ])("is damaged with %s", async (_, bytes) => {
    const damage = await damageOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    expect(damage).toMatchObject({ name: "InputDamage", code: "BAD_COMPRESSION" });
  });
});

describe("envelopes", () => {
  it("are taken off", async () => {
    expect((await unwrapped(vcs(Buffer.from("REDIS")))).toString()).toBe("REDIS");
    expect((await unwrapped(diskless(Buffer.from("REDIS")))).toString()).toBe(`REDIS${MARK}`);
  });

  it.each([
    [3, "version"],
    [4, "codec"],
    [5, "reserved byte"],
    [6, "kind"],
  ])("of which byte %d is not known are not supported", async (at, what) => {
    const bytes = vcs(Buffer.from("REDIS"));
    bytes[at] = 9;
    const damage = await damageOf(bytes);
    expect(damage).toMatchObject({ code: "UNSUPPORTED_INPUT", offset: at });
    expect(damage?.message).toContain(what);
  });

  it("without a whole mark are damaged", async () => {
    expect(await damageOf(Buffer.from(`$EOF:${"-".repeat(40)}\r\nREDIS`))).toMatchObject({ offset: 5 });
  });
});
