import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { readHeader } from "../../parsers/header.ts";
import { RecordReader } from "../../parsers/records.ts";
import { Splitter } from "../../parsers/splitter.ts";
import type { ByteSource } from "../../parsers/window.ts";
import { ValueMeter } from "../../src/memory/meter.ts";
import type { Target } from "../../src/memory/target.ts";
import { ENCODINGS, TYPES } from "../../src/memory/types.ts";

/** What a server answered for one key. */
interface Truth {
  readonly type: string;
  readonly encoding: string;
  readonly length: number;
  readonly min: number;
  readonly max: number;
}

/** What the meter said of one key, beside the truth. */
export interface Judged {
  readonly key: string;
  readonly truth: Truth;
  readonly type: string;
  readonly encoding: string;
  readonly elements: number;
  readonly largest: number;
  readonly bytes: number;
  readonly heap: number;
  readonly exactness: number;
  readonly band: number;
  readonly payload: number;
}

/** Truth rows by `db:key in base64`. */
function readTruth(path: string): Map<string, Truth> {
  const rows = gunzipSync(readFileSync(path)).toString("latin1").trimEnd().split("\n").slice(1);
  return new Map(
    rows.map((row) => {
      const cell = row.split("\t");
      const truth = {
        type: cell[2]!,
        encoding: cell[3]!,
        length: Number(cell[4]),
        min: Number(cell[6]),
        max: Number(cell[7]),
      };
      return [`${cell[0]}:${cell[1]}`, truth];
    }),
  );
}

/** Sizes every key of a snapshot that the truth knows of. */
export function judge(snapshot: string, truthPath: string, target: Target): Judged[] {
  const truths = readTruth(truthPath);
  const source = fileSource(readFileSync(snapshot));
  const header = readHeader(source);
  const meter = new ValueMeter([target]);
  const reader = new RecordReader(256 * 1024, meter);
  const judged: Judged[] = [];
  const splitter = new Splitter(source, header, { windowBytes: 256 * 1024, chunkBytes: 1 << 22 });
  for (let chunk = splitter.next(); chunk !== undefined; chunk = splitter.next()) {
    reader.begin(source, header, chunk);
    while (reader.next()) {
      const name = Buffer.from(reader.key.subarray(0, reader.keyLength));
      const truth = truths.get(`${reader.db}:${name.toString("base64")}`);
      if (truth === undefined) continue;
      judged.push({
        key: name.toString("latin1"),
        truth,
        type: TYPES[meter.type] ?? "",
        encoding: ENCODINGS[meter.encoding] ?? "",
        elements: meter.elements,
        largest: meter.largestBytes,
        bytes: meter.bytesWithKey(reader.keyLength),
        heap: meter.heapWithKey(reader.keyLength, reader.hasExpiry),
        exactness: meter.exactness,
        band: meter.bandBytes,
        payload: meter.payloadBytes,
      });
    }
  }
  return judged;
}

/** The answer lies within what the server answered over several loads. */
export function sizeMatches(row: Judged): boolean {
  return row.bytes >= row.truth.min && row.bytes <= row.truth.max;
}

function fileSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read(target, targetStart, length, position) {
      const part = bytes.subarray(position, position + length);
      target.set(part, targetStart);
      return part.length;
    },
  };
}
