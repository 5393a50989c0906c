import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { workFolder } from "../pipeline/support.ts";
import { forbiddenIn, hostileSnapshot } from "../support/hostile-names.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { runInside } from "./run-inside.ts";

const folder = workFolder();

describe("plan --savings", { timeout: 120_000 }, () => {
  it("lets no name of a snapshot reach the terminal as it is", async () => {
    const file = path.join(folder, "hostile.rdb");
    fs.writeFileSync(file, hostileSnapshot());
    for (const format of ["table", "markdown"] as const) {
      const { status, stdout, stderr } = await runInside(
        ["plan", file, "--savings", "--shards", "50", "--format", format, "-l", "1000"],
        false,
      );
      expect(status).toBe(0);
      expect(forbiddenIn(Buffer.concat([stdout, stderr]), /\r?\n/g)).toEqual([]);
    }
  });

  it("finds nothing in nothing, and says so", async () => {
    const file = path.join(folder, "empty.rdb");
    fs.writeFileSync(file, new RdbWriter().end());
    const { status, stdout } = await runInside(["plan", file, "--savings", "--shards", "3"], false);
    expect([status, /nothing was found/.test(stdout.toString())]).toEqual([0, true]);
    expect(stdout.toString()).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("refuses a model, which has no keys", async () => {
    const args = ["plan", "--model", "docs/plan/model.example.yaml", "--savings"];
    const { status, stderr } = await runInside(args, false);
    expect(status).toBe(2);
    expect(stderr.toString()).toMatch(/--savings is for snapshots and inventories/);
  });
});
