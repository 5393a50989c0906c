import type { ByteReader, Pieces } from "./byte-reader.ts";
import { unpackDiskless } from "./diskless.ts";
import { unpackGzip } from "./gzip.ts";
import { LZ4_HEADER_BYTES, LZ4_MAGIC, lz4ContentBytes, unpackLz4 } from "./lz4.ts";
import { isSkippable } from "./skippable.ts";
import { unpackVcs, VCS_HEADER_BYTES } from "./vcs.ts";
import { uint32 } from "./words.ts";
import { unpackZstd } from "./zstd.ts";
import { parseZstdHeader, ZSTD_MAGIC } from "./zstd-frame.ts";

/** Bytes at the beginning that tell what an input is: a tar says so latest. */
export const HEAD_BYTES = 512;

/** Something that a snapshot may be wrapped in. */
export interface Wrapping {
  readonly name: "gzip" | "zstd" | "lz4" | "vcs" | "diskless";
  readonly isIt: (head: Uint8Array) => boolean;
  /** `salvage`: as much as can be, however long it takes. */
  readonly unpack: (reader: ByteReader, salvage: boolean) => Pieces;
  /** Bytes of the content, if the head says so. */
  readonly contentBytes?: (head: Uint8Array) => number | undefined;
}

const startsWith = (text: string) => (head: Uint8Array) => textOf(head).startsWith(text);
const beginsWithWord = (word: number) => (head: Uint8Array) => head.length >= 4 && uint32(head, 0) === word;

const WRAPPINGS: readonly Wrapping[] = [
  { name: "gzip", isIt: startsWith("\x1f\x8b"), unpack: unpackGzip },
  {
    name: "zstd",
    isIt: beginsWithWord(ZSTD_MAGIC),
    unpack: unpackZstd,
    contentBytes: (head) => parseZstdHeader(head).contentBytes,
  },
  {
    name: "lz4",
    isIt: beginsWithWord(LZ4_MAGIC),
    unpack: unpackLz4,
    contentBytes: (head) => lz4ContentBytes(head.subarray(0, LZ4_HEADER_BYTES)),
  },
  {
    name: "vcs",
    isIt: startsWith("VCS"),
    unpack: unpackVcs,
    contentBytes: (head) =>
      lz4ContentBytes(head.subarray(VCS_HEADER_BYTES, VCS_HEADER_BYTES + LZ4_HEADER_BYTES)),
  },
  { name: "diskless", isIt: startsWith("$EOF:"), unpack: unpackDiskless },
];

/** What is recognised so that the answer helps, and what to do about it. */
const UNSUPPORTED: readonly (readonly [isIt: (head: Uint8Array) => boolean, what: string])[] = [
  [
    startsWith("SQLite format 3\0"),
    "a SQLite database: an inventory is given alone, unpacked; rdbscope export --parquet makes a dataset of it",
  ],
  [
    (head) => /^(?:\*\d+\r\n\$|#TS:)/.test(textOf(head)),
    "an AOF of commands alone: it has no RDB preamble to read",
  ],
  [startsWith("BZh"), "bzip2: unpack it first, bzip2 -dc FILE | rdbscope COMMAND -"],
  [startsWith("\xfd7zXZ\0"), "xz: unpack it first, xz -dc FILE | rdbscope COMMAND -"],
  [startsWith("PK\x03\x04"), "zip: unpack it first, unzip -p FILE | rdbscope COMMAND -"],
  [
    beginsWithWord(0x184c2102),
    "the legacy format of lz4: unpack it first, lz4 -dc FILE | rdbscope COMMAND -",
  ],
  [startsWith("VKCS"), "a draft of Valkey's envelope that no release writes"],
  [
    (head) => textOf(head.subarray(257, 262)) === "ustar",
    "tar: unpack it first, tar -xOf FILE | rdbscope COMMAND -",
  ],
];

function textOf(head: Uint8Array): string {
  return Buffer.from(head.buffer, head.byteOffset, head.length).toString("latin1");
}

/** What an input is wrapped in, by its first bytes; undefined when in nothing that is known. */
export function wrappingOf(head: Uint8Array): Wrapping | undefined {
  return WRAPPINGS.find(({ isIt }) => isIt(head));
}

/** What something is that no snapshot can be read from; undefined when that is not known. */
export function unsupportedOf(head: Uint8Array): string | undefined {
  return UNSUPPORTED.find(([isIt]) => isIt(head))?.[1];
}

/** Whether bytes are as they are, not wrapped in anything that is known. */
export function isUnwrapped(head: Uint8Array): boolean {
  return wrappingOf(head) === undefined && !isSkippable(head);
}

/** Whether a snapshot's own magic stands here. */
export function isBare(head: Uint8Array): boolean {
  return /^(?:REDIS|VALKEY)/.test(textOf(head));
}
