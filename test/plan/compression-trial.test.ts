import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { openInventory } from "../../src/inventory/open.ts";
import { dataOfSnapshot } from "../../src/plan/from-snapshot.ts";
import { compression } from "../../src/plan/savings/compression.ts";
import { type CompressionTrial, tryCompression } from "../../src/plan/savings/trial.ts";
import { scenarioOf } from "../../src/plan/scenario.ts";
import { snapshots } from "../../src/queries/snapshots.ts";
import { runInside } from "../cli/run-inside.ts";
import { run as analyzed, workFolder } from "../pipeline/support.ts";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";

const folder = workFolder();
const PATTERNS = 10;
const KEYS = 400;

/** Bytes that nothing compresses, the same for the same text. */
function noise(text: string, bytes: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(bytes / 64) }, (_, i) =>
    createHash("sha512").update(`${text} ${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, bytes);
}

/** Documents of some 1.2 to 2 KB, between a tenth and half of which is noise. */
function document(pattern: number, key: number): Buffer {
  const share = 0.1 + ((key * 7919) % 97) / 240;
  const length = 1200 + ((key * 104729 + pattern) % 800);
  return Buffer.concat([
    noise(`${pattern} ${key}`, Math.round(share * length)),
    Buffer.from("all the same. ".repeat(200)).subarray(0, Math.round((1 - share) * length)),
  ]);
}

/** As servers write it that do not compress; `made` may make other values of the documents. */
function snapshot(made: (text: Buffer) => Buffer = (text) => text): string {
  const writer = new RdbWriter().aux("redis-ver", "7.2.4").aux("ctime", "1750000000").selectDb(0);
  const raw = { form: "raw" } as const;
  for (let key = 0; key < KEYS; key++) {
    for (let pattern = 0; pattern < PATTERNS; pattern++)
      writer.key(
        `kind${"abcdefghij"[pattern]}:${10_000 + key}`,
        stringValue(made(document(pattern, key)), raw),
      );
    writer.key(`images:${10_000 + key}`, stringValue(noise(`image ${key}`, 1500), raw));
    writer.key(`short:${10_000 + key}`, stringValue("s".repeat(1023), raw));
  }
  const file = path.join(folder, `${Math.random().toString(36).slice(2)}.rdb`);
  fs.writeFileSync(file, Buffer.from(writer.end()));
  return file;
}

const target = { profile: "redis-7.2" } as const;
const heapOf = async (input: string) =>
  (await dataOfSnapshot([scenarioOf("one", target)], { input, workers: 1 })).data[0]!;

async function trialsOf(input: string, ...shares: number[]): Promise<CompressionTrial[][]> {
  const { output } = await analyzed(folder, [fs.readFileSync(input)], target);
  const inventory = openInventory(output);
  try {
    const scope = { inventory, snapshot: snapshots(inventory)[0]!, filters: {} };
    const { target: sizedFor } = await heapOf(input);
    const all: CompressionTrial[][] = [];
    for (const share of shares) all.push(await tryCompression({ input, scope, target: sizedFor, share }));
    return all;
  } finally {
    inventory.close();
  }
}

const codecOf = ({ best, others }: CompressionTrial, codec: string) =>
  [best, ...others].find((one) => one.codec === codec)!;

describe("what compression saves", { timeout: 120_000 }, () => {
  const input = snapshot();

  it("is the difference to a snapshot of compressed values where all are tried", async () => {
    const [trials] = await trialsOf(input, 1);
    const deflated = await heapOf(snapshot((text) => Buffer.alloc(zlib.deflateRawSync(text).length, 1)));
    const documents = trials!.filter(({ pattern }) => pattern.startsWith("kind"));
    expect(documents.map(({ keys, tried }) => [keys, tried])).toEqual(Array(PATTERNS).fill([KEYS, KEYS]));
    const saved = documents.reduce((sum, one) => sum + codecOf(one, "deflate").savedBytes, 0);
    expect(Math.round(saved)).toBe((await heapOf(input)).key_bytes - deflated.key_bytes);
    expect(documents.every((one) => codecOf(one, "deflate").error === 0)).toBe(true);
    // What is shorter than 1 KB is not tried, and what nothing compresses saves nothing.
    expect(trials!.map(({ pattern }) => pattern)).not.toContain("short:*");
    expect(codecOf(trials!.find(({ pattern }) => pattern === "images:*")!, "deflate").savedBytes).toBe(0);
    const told = compression.find({ scope: undefined!, data: undefined!, moves: [], trials });
    expect(told.map(({ what }) => what).sort()).toEqual(documents.map(({ pattern }) => pattern).sort());
  });

  it("is estimated from a share with an error that holds", async () => {
    const [all, some] = await trialsOf(input, 1, 0.25);
    const off = some!
      .filter(({ pattern }) => pattern.startsWith("kind"))
      .map((one) => {
        expect(one.tried).toBeGreaterThan(60);
        expect(one.tried).toBeLessThan(160);
        const truth = codecOf(all!.find(({ pattern }) => pattern === one.pattern)!, "deflate");
        const { savedBytes, error } = codecOf(one, "deflate");
        expect(error).toBeLessThan(0.1 * savedBytes);
        return Math.abs(savedBytes - truth.savedBytes) / error;
      });
    // Ten intervals of 95%: that three or more miss has a chance of one in a hundred, and the draw is always the same.
    expect(off.filter((times) => times > 1).length).toBeLessThanOrEqual(2);
    expect(Math.max(...off)).toBeGreaterThan(0);
  });

  it("is told by the command, with what was tried", async () => {
    const { stdout, status } = await runInside([
      ...["plan", input, "--savings", "--sample", "25%", "--months", "0", "--format", "json", "--quiet"],
    ]);
    expect(status).toBe(0);
    expect(stdout.toString()).toMatch(
      /estimate: \d+ of 400 strings of 1K and more compressed with \w+, [\d.]+ to 1.*± [\d.]+% with 95% confidence/,
    );
  });

  it("is not asked of inventories, nor without savings", async () => {
    const { output } = await analyzed(folder, [fs.readFileSync(input)], target);
    const ofInventory = await runInside(["plan", output, "--savings", "--sample", "5%"]);
    expect(ofInventory.status).toBe(2);
    expect(ofInventory.stderr.toString()).toMatch(/--sample compresses values, and .* is an inventory/);
    const alone = await runInside(["plan", input, "--sample", "5%"]);
    expect(alone.status).toBe(2);
    expect(alone.stderr.toString()).toMatch(/give --savings, too/);
  });
});
