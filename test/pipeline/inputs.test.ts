import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { compare } from "../../src/pipeline/compare.ts";
import { explain } from "../../src/pipeline/explain.ts";
import { verify } from "../../src/pipeline/verify.ts";
import { aofFiles, COMMANDS, diskless, lz4Frame, vcs, zstdFrame } from "../support/wrap.ts";
import { ask, KEYS, type Row, run, summariesOf, workFolder } from "./support.ts";

const folder = workFolder();
const SAMPLE = path.resolve(import.meta.dirname, "../../fixtures/sample.rdb");
const KEY = Buffer.from("stream:orders");
const sample = fs.readFileSync(SAMPLE);
const tempDir = path.join(folder, "temp");

function aofFolder(): string {
  const name = path.join(folder, "appendonlydir");
  fs.mkdirSync(name);
  for (const [file, content] of Object.entries(aofFiles(sample))) {
    fs.writeFileSync(path.join(name, file), content);
  }
  return name;
}

function file(name: string, content: Uint8Array): string {
  const full = path.join(folder, name);
  fs.writeFileSync(full, content);
  return full;
}

const FORMS: readonly [input: string, given: () => string, warnings: readonly string[], more: number][] = [
  ["gzip", () => file("a.gz", zlib.gzipSync(sample)), [], 0],
  ["zstd", () => file("a.zst", zstdFrame(sample)), [], 0],
  ["lz4", () => file("a.lz4", lz4Frame(sample)), [], 0],
  ["vcs", () => file("a.vcs", vcs(sample)), [], 0],
  ["gzip+vcs", () => file("a.vcs.gz", zlib.gzipSync(vcs(sample))), [], 0],
  ["diskless", () => file("a.eof", diskless(sample)), [], 40],
  [
    "rdb",
    () => file("a.aof", Buffer.concat([sample, Buffer.from(COMMANDS)])),
    ["AOF_NOT_READ"],
    COMMANDS.length,
  ],
  ["aof", aofFolder, ["AOF_NOT_READ"], 0],
];

let plain: string;
let keys: Row[];
let summaries: Record<string, Row[]>;

/** Without what is known to differ: the size of the file, and the warnings. */
const common = ({ snapshots, warnings, ...others }: Record<string, Row[]>) => ({
  ...others,
  snapshots: snapshots!.map(({ file_bytes, ...row }) => row),
});

beforeAll(async () => {
  fs.mkdirSync(tempDir);
  plain = (await run(folder, [SAMPLE])).output;
  keys = ask(plain, KEYS);
  summaries = summariesOf(plain);
});

describe.each(FORMS)("a snapshot given as %s", (input, given, warnings, more) => {
  let name: string;
  let output: string;

  beforeAll(async () => {
    name = given();
    output = (await run(folder, [name], { tempDir })).output;
  });

  it("gives the same inventory", () => {
    expect(ask(output, KEYS)).toEqual(keys);
    expect(common(summariesOf(output))).toEqual(common(summaries));
    expect(ask(output, "SELECT path, input, file_bytes FROM snapshots")).toEqual([
      { path: name, input, file_bytes: sample.length + more },
    ]);
    expect(ask(output, "SELECT code FROM warnings")).toEqual(warnings.map((code) => ({ code })));
    expect(fs.readdirSync(tempDir)).toEqual([]);
  });

  it("is explained, of the inventory and of itself", async () => {
    const [expected] = await explain({ file: SAMPLE, key: KEY, db: 0 });
    for (const from of [output, name]) {
      const [found] = await explain({ file: from, key: KEY, db: 0, tempDir });
      expect({ ...found, path: SAMPLE, pattern: null }).toEqual(expected);
    }
    expect(fs.readdirSync(tempDir)).toEqual([]);
  });

  it("is sound, and compared", async () => {
    const found = await verify(name, { tempDir, workers: 1 });
    expect(found).toMatchObject({ path: name, input, checksum: "ok", faults: [], keys: keys.length });
    expect(found.notes).toHaveLength(warnings.length);
    const compared = await compare({
      input: name,
      targets: [{ profile: "valkey-9.1" }],
      tempDir,
      workers: 1,
    });
    expect(compared).toMatchObject({ path: name, keys: keys.length });
    expect(compared.warnings.map(({ code }) => code)).toEqual(warnings);
    expect(fs.readdirSync(tempDir)).toEqual([]);
  });
});

describe("several inputs", () => {
  it("are unpacked one after the other by one thread, and told as they go", async () => {
    const gz = file("b.gz", zlib.gzipSync(sample));
    const phases = new Set<string>();
    const most: number[] = [];
    const { snapshots } = await run(folder, [gz, SAMPLE, gz], {
      tempDir,
      workers: 1,
      onProgress({ phase, bytesDone, bytesTotal }) {
        phases.add(phase);
        most.push(fs.readdirSync(tempDir).length);
        expect(bytesDone).toBeLessThanOrEqual(bytesTotal);
      },
    });
    expect(snapshots.map((one) => [one.input, one.keys])).toEqual([
      ["gzip", keys.length],
      ["rdb", keys.length],
      ["gzip", keys.length],
    ]);
    expect([...phases]).toEqual(["unpack", "read", "merge"]);
    expect(Math.max(...most)).toBe(1);
  });

  it("leave nothing when the last is damaged", async () => {
    const gz = file("c.gz", zlib.gzipSync(sample).subarray(0, -9));
    await expect(run(folder, [SAMPLE, gz], { tempDir })).rejects.toMatchObject({ code: "BAD_COMPRESSION" });
    expect(fs.readdirSync(tempDir)).toEqual([]);
  });

  it("are not the standard input twice", async () => {
    await expect(run(folder, ["-", "-"])).rejects.toThrow(/given twice/);
  });
});

describe("the inventory of a compressed snapshot", () => {
  it("is not explained by another one", async () => {
    const gz = file("d.gz", zlib.gzipSync(sample));
    const { output } = await run(folder, [gz]);
    const other = Buffer.from(sample);
    other[other.length - 1]! ^= 1;
    fs.writeFileSync(gz, zlib.gzipSync(other));
    await expect(explain({ file: output, key: KEY })).rejects.toThrow(
      /is not the snapshot that was analyzed/,
    );
    fs.rmSync(gz);
    await expect(explain({ file: output, key: KEY })).rejects.toThrow(/--snapshot-file FILE/);
    expect(await explain({ file: output, key: KEY, snapshotFile: SAMPLE })).toHaveLength(1);
  });
});
