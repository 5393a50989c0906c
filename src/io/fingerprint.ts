import { createHash } from "node:crypto";
import type { ByteSource } from "../../parsers/window.ts";

const SAMPLE_BYTES = 65536;

/** Tells one snapshot from another without reading it whole: a hash of its size, its beginning and its end. */
export function fingerprint(source: ByteSource): string {
  const hash = createHash("sha256").update(`${source.size}:`);
  const sample = new Uint8Array(SAMPLE_BYTES);
  for (const position of [0, Math.max(0, source.size - SAMPLE_BYTES)]) {
    hash.update(sample.subarray(0, source.read(sample, 0, SAMPLE_BYTES, position)));
  }
  return hash.digest("hex").slice(0, 32);
}
