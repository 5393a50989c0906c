import { describe, expect, it } from "vitest";
import { RULES } from "../../src/doctor/rules/index.ts";
import { keyHashSlot } from "../../src/inventory/slot.ts";
import { SCENARIOS, type Scenario } from "./doctor/scenarios.ts";
import { type Command, doctor, doctorOfAll, measure, sendAll, withServer } from "./doctor/support.ts";

/** How far what is saved may be from what was claimed. */
const TOLERANCE = 0.02;

/** Looks at several servers: see below. */
const OF_NODES = "node-imbalance";

type Kind = "fault" | "healthy";

/** Makes a scenario's data on a server of its own; looks at what was saved with its rule. */
async function made(
  { rule, settings = {}, thresholds = {}, info = false, ...scenario }: Scenario,
  kind: Kind,
) {
  const { answer, dump } = await withServer(settings, undefined, async (client) => ({
    told: await scenario[kind](client),
    info: info ? String(await client.send("INFO")) : undefined,
  }));
  const options = { settings, thresholds: { [rule]: thresholds }, ...(info && { info: answer.info! }) };
  const bytes = typeof answer.told === "number" ? answer.told : undefined;
  return { dump, bytes, findings: await doctor(dump, [rule], options) };
}

describe("every rule of the doctor", () => {
  it("has a scenario", () => {
    const known = new Set([...SCENARIOS.map(({ rule }) => rule), OF_NODES]);
    expect(RULES.map(({ id }) => id).filter((id) => !known.has(id))).toEqual([]);
  });

  it.each(SCENARIOS)("$rule finds $name", async (scenario) => {
    const { findings } = await made(scenario, "fault");
    expect(findings.length).toBeGreaterThan(0);
    for (const { evidence, advice, rule } of findings) {
      expect(rule).toBe(scenario.rule);
      expect(evidence.length * advice.length).toBeGreaterThan(0);
    }
    if (scenario.apply === undefined) {
      expect(findings.map(({ saving_bytes: bytes }) => bytes)).toEqual(findings.map(() => null));
    }
  });

  it.each(SCENARIOS)("$rule is silent without $name", async (scenario) => {
    const { findings } = await made(scenario, "healthy");
    expect(findings.map(({ title }) => title)).toEqual([]);
  });

  it.each(SCENARIOS.filter(({ apply }) => apply !== undefined))(
    "$rule claims what the server saves: $name",
    async (scenario) => {
      const { settings = {}, apply, advised, freedMore = 0 } = scenario;
      const { dump, bytes, findings } = await made(scenario, "fault");
      expect(findings).toHaveLength(1);
      const [{ figures, saving_bytes: saving, saving_heap_bytes: heapSaving }] = findings as [
        (typeof findings)[0],
      ];
      const then = { ...settings, ...advised?.(figures) };
      const { dump: mended } = await withServer(settings, dump, (client) => apply!(client, figures));
      const before = await measure(dump, settings);
      const after = await measure(mended, then);
      const saved = (bytes ?? before.bytes) - after.bytes;
      expect(Math.abs(saved - saving!) / saved, `${saving} claimed, ${saved} saved`).toBeLessThan(TOLERANCE);
      // What a server does not load it cannot save.
      if (bytes === undefined) {
        const freed = before.usedMemory - after.usedMemory - freedMore;
        expect(Math.abs(freed - heapSaving!) / freed, `${heapSaving} of ${freed}`).toBeLessThan(TOLERANCE);
      }
      expect(await doctor(mended, [scenario.rule], { settings: then })).toEqual([]);
    },
  );
});

describe("commands in advice", () => {
  const PADDING = "x".repeat(300);
  /** Values too big by their number of elements, by their bytes, and only as queues. */
  const VALUES: readonly [
    rule: string,
    length: string,
    count: number,
    add: (i: number) => Command,
    command: RegExp,
  ][] = [
    ["big-keys", "LLEN", 12_000, (i) => ["RPUSH", "log", i], /LTRIM key -\d+ -1/],
    ["big-keys", "LLEN", 6_000, (i) => ["LPUSH", "log", `${i}${PADDING}`], /LTRIM key 0 \d+/],
    ["big-keys", "ZCARD", 12_000, (i) => ["ZADD", "board", i, `m${i}`], /ZREMRANGEBYRANK key 0 -\d+/],
    [
      "big-keys",
      "XLEN",
      6_000,
      (i) => ["XADD", "events", "*", "f", `${i}${PADDING}`],
      /XTRIM key MAXLEN (~ )?\d+/,
    ],
    [
      "heavy-patterns",
      "ZCARD",
      300,
      (i) => ["ZADD", `board:${i % 2}`, i, `m${i}${PADDING}`],
      /ZREMRANGEBYRANK key 0 -\d+/,
    ],
    ["undrained-queues", "LLEN", 1_050, (i) => ["RPUSH", "queue:mail", i], /LTRIM key -\d+ -1/],
    [
      "undrained-queues",
      "XLEN",
      1_050,
      (i) => ["XADD", "events:queue", "*", "f", i],
      /XTRIM key MAXLEN (~ )?\d+/,
    ],
  ];

  it.each(VALUES)("of %s leave a lower %s of %d", async (rule, length, count, add, command) => {
    const commands = Array.from({ length: count }, (_, i) => add(i));
    const { dump } = await withServer({}, undefined, (client) => sendAll(client, commands));
    const [found] = await doctor(dump, [rule]);
    const example = String(found!.examples[0]);
    const [text] = command.exec(found!.advice.join(" "))!;
    await withServer({}, dump, async (client) => {
      const before = Number(await client.send(length, example));
      await client.send(...(text.split(" ").map((word) => (word === "key" ? example : word)) as [string]));
      const after = Number(await client.send(length, example));
      expect(after).toBeLessThan(before);
      expect(after).toBeGreaterThan(0);
    });
  });

  it("about pending ids free what the stream holds", async () => {
    const scenario = SCENARIOS.find(({ name }) => name.includes("pending ids"))!;
    const { dump, findings } = await made(scenario, "fault");
    const told = findings.flatMap(({ advice }) => advice).join(" ");
    expect(told).toMatch(/XPENDING .*XACK .*XGROUP DELCONSUMER/);
    expect(told).not.toMatch(/XTRIM|MAXLEN/);
    const { dump: mended } = await withServer({}, dump, (client) =>
      client.send("XGROUP", "DELCONSUMER", "events", "mailers", "one"),
    );
    const [before, after] = [await measure(dump, {}), await measure(mended, {})];
    const heap = Number(findings[0]!.figures.heap_bytes);
    expect(before.usedMemory - after.usedMemory).toBeGreaterThan(0.95 * heap);
  });
});

describe("an inventory of several nodes", () => {
  const NODES = 3;
  const SLOTS = 16_384;

  /** What nodes save that have their part of the slots, each from its own number of these on. */
  async function saved(firstSlots: readonly number[]): Promise<Buffer[]> {
    const nodeOf = (key: string) => {
      const slot = keyHashSlot(Buffer.from(key), key.length);
      return firstSlots.findLastIndex((first) => first <= slot);
    };
    const keys = Array.from({ length: 6000 }, (_, i) => `key:${i}`);
    const dumps: Buffer[] = [];
    for (let node = 0; node < NODES; node++) {
      const own = keys.filter((key) => nodeOf(key) === node);
      const commands = own.map((key) => ["SET", key, "v".repeat(1000)]);
      dumps.push((await withServer({}, undefined, (client) => sendAll(client, commands))).dump);
    }
    return dumps;
  }

  it("finds the node that has more", async () => {
    const found = await doctorOfAll(await saved([0, SLOTS * 0.6, SLOTS * 0.8]), [OF_NODES]);
    expect(found.map((findings) => findings.length)).toEqual([1, 0, 0]);
  });

  it("is silent where they are even", async () => {
    const found = await doctorOfAll(await saved([0, SLOTS / 3, (SLOTS * 2) / 3]), [OF_NODES]);
    expect(found).toEqual([[], [], []]);
  });
});
