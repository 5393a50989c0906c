import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { analyze, openInventory } from "../../src/index.ts";
import { SAMPLE_TRUTH } from "../support/sample-truth.ts";

interface Row {
  readonly db: number;
  readonly key: string;
  readonly type: string;
  readonly encoding: string;
  readonly elements: number | null;
  readonly largest_element_bytes: number;
  readonly bytes: number;
  readonly expires_at: number | null;
  readonly accuracy: string;
}

const SAMPLE = new URL("../../fixtures/sample.rdb", import.meta.url).pathname;

/** Mean node of a skiplist varies with its random levels: one load is one draw (fixtures/README.md). */
const SKIPLIST_TOLERANCE = 0.02;

test("the sample's keys are what the redis 7.2.6 that wrote it answered, to the byte", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-test-"));
  try {
    const output = path.join(folder, "sample.sqlite");
    const { snapshots } = await analyze({ inputs: [SAMPLE], output, workers: 2 });
    expect(snapshots[0]).toMatchObject({ profile: "redis-7.2", profileExact: true, checksum: "ok" });
    const inventory = openInventory(output);
    const rows = inventory.all("SELECT * FROM keys") as unknown as Row[];
    inventory.close();
    const byKey = new Map(rows.map((row) => [`${row.db} ${Buffer.from(row.key).toString("base64")}`, row]));
    expect(SAMPLE_TRUTH.length).toBeGreaterThan(3000);
    expect(rows.length).toBe(SAMPLE_TRUTH.length);
    const wrong: unknown[] = [];
    for (const { db, key, type, encoding, length, bytes, expiresAt } of SAMPLE_TRUTH) {
      const row = byKey.get(`${db} ${key.toString("base64")}`);
      const answered = { type, encoding, length, expiry: expiresAt };
      const ours = row && {
        type: row.type,
        encoding: row.encoding,
        length: row.elements ?? row.largest_element_bytes,
        expiry: row.expires_at ?? -1,
      };
      const off = Math.abs((row?.bytes ?? 0) - bytes);
      const allowed = encoding === "skiplist" ? bytes * SKIPLIST_TOLERANCE : 0;
      if (JSON.stringify(ours) !== JSON.stringify(answered) || off > allowed)
        wrong.push({ key: key.toString(), answered, bytes, row });
    }
    expect(wrong).toEqual([]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
