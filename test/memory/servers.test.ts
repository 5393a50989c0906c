import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { redis72 } from "../../src/memory/profiles/redis-7.2.ts";
import { makeTarget } from "../../src/memory/target.ts";
import { checkFolder } from "../truth/check.ts";
import { compareFacts } from "../truth/facts.ts";
import { readTruthFolder, truthFolders } from "../truth/folder.ts";
import { measureFolder } from "../truth/measure.ts";
import { deviations } from "../truth/verdict.ts";

const SERVERS = path.resolve(import.meta.dirname, "../../fixtures/servers");

describe("the model says what a real server answered", () => {
  const folders = truthFolders(SERVERS).map((folder) => [path.basename(folder), folder] as const);

  it("of more than one server", () => expect(folders.length).toBeGreaterThan(1));

  it.each(folders)("%s: sizes, encodings, used_memory, and bills that add up", (_, folder) => {
    const { measurement, found } = checkFolder(folder);
    expect(found).toEqual([]);
    expect(measurement?.bills).toBeGreaterThan(400);
  });

  it("of which a model of another allocator is told apart", () => {
    const folder = readTruthFolder(path.join(SERVERS, "redis-7.2"));
    const other = measureFolder(folder, makeTarget(redis72, { allocator: "jemalloc-16" }));
    const found = deviations(other).map((text) => text.split(":")[0]);
    expect(found).toEqual(expect.arrayContaining(["string/embstr", "hash/hashtable", "zset/skiplist"]));
    expect(found.join("\n")).toMatch(/bytes in all[\s\S]*used_memory/);
  });

  it.each(folders)("%s: rows, types, lengths and expiries", async (_, folder) => {
    const temp = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-test-"));
    try {
      const { rows, expired, found } = await compareFacts(folder, temp);
      expect(found).toEqual([]);
      expect([rows > 400, expired]).toEqual([true, 5]);
    } finally {
      fs.rmSync(temp, { recursive: true });
    }
  });
});
