import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openInventory } from "../../src/inventory/open.ts";
import { analyze } from "../../src/pipeline/analyze.ts";
import { dataOfInventory } from "../../src/plan/from-inventory.ts";
import { dataOfSnapshot } from "../../src/plan/from-snapshot.ts";
import { scenarioOf } from "../../src/plan/scenario.ts";
import { shardsOf } from "../../src/plan/slots.ts";
import { slotRanges } from "../../src/queries/slot-ranges.ts";
import { snapshots } from "../../src/queries/snapshots.ts";
import { ALLOCATOR, sendAll, withServer } from "./doctor/support.ts";

const CLI = process.env.REDIS_CLI ?? "redis-cli";
const KEYS = 10_000;
const SLOTS = 16_384;
const SHARDS = 5;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-shards-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Settings of a node of a cluster; the port of its bus would be beyond all ports, if the first is large. */
async function clusterSettings() {
  const probe = createServer();
  const port = await new Promise<number>((resolve) => {
    probe.listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address() as { port: number };
      probe.close(() => resolve(free));
    });
  });
  return { "cluster-enabled": "yes", "cluster-port": port };
}

/** Names without tags, with them, and with what looks like one; half of them are of one tag in seven. */
function nameOf(i: number): Buffer {
  const forms = [
    `plain:${i}`,
    `{user:${i % 40}}:cart:${i}`,
    `a{tag${i}}b{other}`,
    `{}empty:${i}`,
    `open{${i}`,
    `{{nested${i}}}`,
    `}{close${i}`,
    `{hot}:${i}`,
  ];
  const text = Buffer.from(forms[i % forms.length]!);
  return i % 9 === 0 ? Buffer.concat([text, Buffer.from([0xff, 0x00, i & 0xff])]) : text;
}

describe("the placement of shards", () => {
  it(`is that of CLUSTER KEYSLOT for ${KEYS.toLocaleString("en")} keys`, { timeout: 120_000 }, async () => {
    const names = Array.from({ length: KEYS }, (_, i) => nameOf(i));
    const { answer, dump } = await withServer(await clusterSettings(), undefined, async (client) => {
      await client.send("CLUSTER", "ADDSLOTSRANGE", 0, SLOTS - 1);
      while (!String(await client.send("CLUSTER", "INFO")).includes("cluster_state:ok"));
      await sendAll(
        client,
        names.map((name, i) => ["SET", name, "v".repeat(i % 300)]),
      );
      const slots = await sendAll(
        client,
        names.map((name) => ["CLUSTER", "KEYSLOT", name]),
      );
      const counts = await sendAll(
        client,
        Array.from({ length: SLOTS }, (_, slot) => ["CLUSTER", "COUNTKEYSINSLOT", slot]),
      );
      return { slots: slots as number[], counts: counts as number[] };
    });
    const input = path.join(folder, "cluster.rdb");
    fs.writeFileSync(input, dump);
    const scenario = scenarioOf("one", { allocator: ALLOCATOR });
    const { data } = await dataOfSnapshot([scenario], { input, workers: 1 });
    const slots = data[0]!.slots!;
    expect(Array.from(slots.keys)).toEqual(answer.counts);

    const output = path.join(folder, "cluster.sqlite");
    await analyze({ inputs: [input], output, allocator: ALLOCATOR, workers: 1 });
    const inventory = openInventory(output);
    const rows = inventory.all<{ key: string | Buffer; slot: number; heap_bytes: number }>(
      "SELECT key, slot, heap_bytes FROM keys",
    );
    const slotOf = new Map(names.map((name, i) => [name.toString("hex"), answer.slots[i]!]));
    for (const { key, slot } of rows)
      expect(slot).toBe(slotOf.get(Buffer.from(key as string).toString("hex")));

    // What each shard holds, added up of the rows by the server's slots.
    const expected = slotRanges(SHARDS).map(({ first, last }) => {
      const own = rows.filter(({ key }) => {
        const slot = slotOf.get(Buffer.from(key as string).toString("hex"))!;
        return slot >= first && slot <= last;
      });
      return { keys: own.length, bytes: own.reduce((sum, one) => sum + one.heap_bytes, 0) };
    });
    const told = (of: typeof slots) => shardsOf(of, SHARDS).map(({ keys, bytes }) => ({ keys, bytes }));
    expect(told(slots)).toEqual(expected);
    const [snapshot] = snapshots(inventory);
    const stored = dataOfInventory({ inventory, snapshot: snapshot!, filters: {} }, scenario);
    expect(told(stored.slots!)).toEqual(expected);
    inventory.close();
    const hot = answer.slots[names.findIndex((name) => name.toString().startsWith("{hot}"))]!;
    expect(stored.slots!.holders.get(hot)).toMatchObject({ kind: "hash tag", name: "hot" });
  });

  it("is that of redis-cli --cluster create", { timeout: 120_000 }, async () => {
    const ports: number[] = [];
    const asked: Record<number, string[]> = {};
    const nested = async (count: number): Promise<void> => {
      if (count === 0) {
        for (const nodes of [3, 5, 6, 7]) asked[nodes] = created(ports.slice(0, nodes));
        return;
      }
      await withServer(await clusterSettings(), undefined, async (client) => {
        const [, port] = (await client.send("CONFIG", "GET", "port")) as string[];
        ports.push(Number(port));
        await nested(count - 1);
      });
    };
    await nested(7);
    for (const [nodes, ranges] of Object.entries(asked))
      expect(slotRanges(Number(nodes)).map(({ first, last }) => `${first} - ${last}`)).toEqual(ranges);
  });
});

/** Asks redis-cli how it would deal out the slots, and says no. */
function created(ports: readonly number[]): string[] {
  const nodes = ports.map((port) => `127.0.0.1:${port}`);
  const { stdout } = spawnSync(CLI, ["--cluster", "create", ...nodes], {
    input: "no\n",
    encoding: "utf8",
  });
  return [...stdout.matchAll(/Slots (\d+ - \d+)/g)].map(([, range]) => range!);
}
