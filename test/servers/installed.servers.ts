import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Checked, checkFolder } from "../truth/check.ts";

/** A distribution's server: its name begins with "debian-", which stands for the distribution's allocator. */
const SERVER = process.env.REDIS_SERVER ?? "redis-server";
const NAME = process.env.REDIS_SERVER_NAME ?? "debian-redis-7.0";
const ROOT = path.resolve(import.meta.dirname, "../..");
/** One load draws what is random anew in every run: so many keys outside a band of 98% hardly ever come by chance. */
const MIN_IN_BAND = 0.8;
const BY_CHANCE = /inside the band/;

describe(`the model says what ${NAME} answers now`, () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-servers-"));
  let checked: Checked;

  beforeAll(() => {
    const recorder = path.join(ROOT, "fixtures/record.ts");
    const options = ["--server", SERVER, "--name", NAME, "--fill", "wide", "--output", folder];
    execFileSync(process.execPath, ["--import", "tsx", recorder, ...options], { cwd: ROOT, stdio: "pipe" });
    checked = checkFolder(folder);
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("sizes, encodings, used_memory, and bills that add up", () => {
    expect(checked.found.filter((line) => !BY_CHANCE.test(line))).toEqual([]);
    expect(checked.measurement?.bills).toBeGreaterThan(300);
  });

  it("what is random lies in the model's bands", () => {
    const random = checked.measurement?.groups.filter(({ state }) => state.name === "band") ?? [];
    expect(random.length).toBeGreaterThan(0);
    const outside = random.filter(({ keys, inBand }) => inBand < MIN_IN_BAND * keys);
    expect(outside.map(({ kind, keys, inBand }) => `${kind}: ${inBand} of ${keys}`)).toEqual([]);
  });
});
