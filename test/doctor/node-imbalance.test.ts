import { describe, expect, it } from "vitest";
import { chooseRules, diagnose } from "../../src/doctor/diagnose.ts";
import { openInventory } from "../../src/inventory/open.ts";
import { keyHashSlot } from "../../src/inventory/slot.ts";
import { snapshots } from "../../src/queries/snapshots.ts";
import { run, workFolder } from "../pipeline/support.ts";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";

const folder = workFolder();
const NODES = 3;
const SLOTS = 16_384;

/** Snapshots of nodes: key `i` is on the one that `nodeOf` says of its slot, with a value of `bytesOf` its node. */
function nodesOf(nodeOf: (slot: number, i: number) => number, bytesOf: (node: number) => number): Buffer[] {
  const writers = Array.from({ length: NODES }, () =>
    new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", "1750000000"),
  );
  for (let i = 0; i < 6000; i++) {
    const name = Buffer.from(`key:${i}`);
    const node = nodeOf(keyHashSlot(name, name.length), i);
    writers[node]!.key(name, stringValue("v".repeat(bytesOf(node))));
  }
  return writers.map((writer) => writer.end());
}

const evenly = (slot: number) => Math.floor((slot * NODES) / SLOTS);
/** The first has two thirds of the slots. */
const unevenly = (slot: number) => Math.max(0, Math.floor((slot * 6) / SLOTS) - 3);

async function findings(inputs: readonly Buffer[]) {
  const { output } = await run(folder, inputs);
  const inventory = openInventory(output);
  try {
    return snapshots(inventory).map((snapshot) => {
      const options = { rules: chooseRules(["node-imbalance"]), thresholds: {}, info: undefined, largest: 9 };
      return diagnose({ inventory, snapshot, filters: {} }, options).findings;
    });
  } finally {
    inventory.close();
  }
}

describe("node-imbalance", () => {
  it("finds a node with more slots than the others, and no other node", async () => {
    const [first, ...others] = await findings(nodesOf(unevenly, () => 1000));
    expect(first).toHaveLength(1);
    expect(first![0]!.figures.nodes).toBe(NODES);
    expect(first![0]!.figures.memory_share).toBeCloseTo(4 / 6, 1);
    expect(first![0]!.advice.join()).toContain("--cluster rebalance");
    expect(others).toEqual([[], []]);
  });

  it("finds a node with heavier slots", async () => {
    const [, second] = await findings(nodesOf(evenly, (node) => (node === 1 ? 3000 : 500)));
    expect(second).toHaveLength(1);
    expect(second![0]!.advice.join()).toContain("--cluster reshard");
  });

  it("is silent where nodes are even", async () => {
    expect(await findings(nodesOf(evenly, () => 1000))).toEqual([[], [], []]);
  });

  it("is silent where snapshots are of no cluster, or of one node", async () => {
    // The same names on two of them; a key anywhere.
    expect(
      await findings(
        nodesOf(
          (_, i) => (i % 6 < 4 ? 0 : 1 + (i % 2)),
          () => 1000,
        ),
      ),
    ).toEqual([[], [], []]);
    const [one, two] = nodesOf(unevenly, () => 1000);
    expect(await findings([one!, one!, two!])).toEqual([[], [], []]);
    expect(await findings([one!])).toEqual([[]]);
  });

  it("does not take a few keys for a cluster", async () => {
    const few = [0, 1].map((node) => {
      const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", "1750000000");
      for (let i = 0; i < 20; i++)
        writer.key(`only:${node}:${i}`, stringValue("v".repeat(node === 0 ? 5e6 : 9)));
      return writer.end();
    });
    expect(await findings(few)).toEqual([[], []]);
  });
});
