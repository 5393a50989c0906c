import { beforeAll, describe, expect, it } from "vitest";
import { parseInfo } from "../../src/doctor/info.ts";
import { infoMisfit } from "../../src/doctor/info-fit.ts";
import { openInventory } from "../../src/inventory/open.ts";
import { snapshots } from "../../src/queries/snapshots.ts";
import { run, workFolder } from "../pipeline/support.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";

const folder = workFolder();
const CREATED_AT = 1_750_000_000;
const FITS = {
  used_memory: "2000000",
  redis_version: "7.2.6",
  master_replid: "a".repeat(40),
  master_replid2: "0".repeat(40),
  server_time_usec: `${CREATED_AT + 60}000000`,
  db0: "keys=1010,expires=0,avg_ttl=0",
  db3: "keys=500,expires=0,avg_ttl=0",
};

let output = "";
beforeAll(async () => {
  const writer = new RdbWriter("REDIS", 11)
    .aux("redis-ver", "7.2.6")
    .aux("ctime", String(CREATED_AT))
    .aux("used-mem", "2100000")
    .aux("repl-id", "a".repeat(40));
  for (let i = 0; i < 1000; i++) writer.key(`a:${i}`, values.stringValue("v"));
  writer.selectDb(3);
  for (let i = 0; i < 500; i++) writer.key(`b:${i}`, values.stringValue("v"));
  ({ output } = await run(folder, [writer.end()]));
});

function misfit(fields: Readonly<Record<string, string>>): string | undefined {
  const text = Object.entries(fields).map(([name, value]) => `${name}:${value}\r\n`);
  const inventory = openInventory(output);
  try {
    const scope = { inventory, snapshot: snapshots(inventory)[0]!, filters: {} };
    return infoMisfit(scope, parseInfo(text.join(""), "info.txt"));
  } finally {
    inventory.close();
  }
}

describe("INFO of a snapshot's server", () => {
  it("fits, with some keys more and some memory less", () => expect(misfit(FITS)).toBeUndefined());

  it("fits after a failover, when its replication id is the second one", () =>
    expect(
      misfit({ ...FITS, master_replid: "b".repeat(40), master_replid2: "a".repeat(40) }),
    ).toBeUndefined());

  it.each([
    [{ redis_version: "6.2.16" }, "it is of redis 6.2.16, the snapshot of redis 7.2.6"],
    [{ valkey_version: "8.1.1" }, "it is of valkey 8.1.1, the snapshot of redis 7.2.6"],
    [{ master_replid: "b".repeat(40) }, `its master_replid is ${"b".repeat(40)}, the snapshot's repl-id`],
    [{ used_memory: "9000000" }, "it has used_memory 8.58M, the snapshot used-mem 2.00M"],
    [{ db0: "keys=5,expires=0" }, "db0 has 5 keys there, 1,000 here."],
    [{ db0: "keys=5", db7: "keys=1000" }, "db0 has 5 keys there, 1,000 here (and 1 database more)."],
    [
      { server_time_usec: `${CREATED_AT + 200_000}000000` },
      "it is of 2025-06-17 22:40:00 UTC, the snapshot of",
    ],
  ])("does not with %j", (fields, told) => {
    const text = misfit({ ...FITS, ...fields });
    expect(text).toMatch(/^--info does not fit this snapshot: /);
    expect(text).toContain(told);
  });

  it("tells every difference", () =>
    expect(misfit({ ...FITS, redis_version: "8.0.0", used_memory: "1" })?.split(";")).toHaveLength(2));
});
