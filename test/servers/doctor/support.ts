import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Reply, RespClient } from "../../../fixtures/recorder/resp.ts";
import { identify, start } from "../../../fixtures/recorder/server.ts";
import { chooseRules, type Diagnosed, diagnose } from "../../../src/doctor/diagnose.ts";
import { parseInfo } from "../../../src/doctor/info.ts";
import type { ThresholdChoice } from "../../../src/doctor/thresholds.ts";
import { openInventory } from "../../../src/inventory/open.ts";
import { analyze } from "../../../src/pipeline/analyze.ts";
import { snapshots } from "../../../src/queries/snapshots.ts";

/** A distribution's server: its name begins with "debian-", which stands for the distribution's allocator. */
const SERVER = process.env.REDIS_SERVER ?? "redis-server";
const NAME = process.env.REDIS_SERVER_NAME ?? "debian-redis-7.0";
export const ALLOCATOR = NAME.startsWith("debian-") ? "jemalloc-16" : undefined;
/** Keys in one pipeline. */
const BATCH = 5000;

export type Command = readonly (string | number | Buffer)[];
export type Settings = Readonly<Record<string, string | number>>;

interface DoctorChoice {
  readonly settings?: Settings;
  readonly thresholds?: ThresholdChoice;
  readonly info?: string;
}

/** What a server says of its keys just after it has loaded a snapshot. */
export interface Measured {
  readonly bytes: number;
  readonly usedMemory: number;
}

/** Sends commands, some thousands at once. */
export async function sendAll(client: RespClient, commands: Iterable<Command>): Promise<Reply[]> {
  const answers: Reply[] = [];
  let batch: Promise<Reply>[] = [];
  for (const command of commands) {
    batch.push(client.send(...command));
    if (batch.length < BATCH) continue;
    answers.push(...(await Promise.all(batch)));
    batch = [];
  }
  return [...answers, ...(await Promise.all(batch))];
}

/** Runs with a server that has loaded `dump`, if there is one; what it saves in the end is given back. */
export async function withServer<T>(
  settings: Settings,
  dump: Buffer | undefined,
  work: (client: RespClient) => Promise<T>,
): Promise<{ answer: T; dump: Buffer }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-doctor-"));
  if (dump !== undefined) fs.writeFileSync(path.join(folder, "dump.rdb"), dump);
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  const server = await start(identify(SERVER, lines), folder);
  try {
    const answer = await work(server.client);
    await server.client.send("SAVE");
    return { answer, dump: fs.readFileSync(path.join(folder, "dump.rdb")) };
  } finally {
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The sum of MEMORY USAGE of all keys. */
export async function usageOf(client: RespClient): Promise<number> {
  const keys = (await client.send("KEYS", "*")) as string[];
  const sizes = await sendAll(
    client,
    keys.map((key) => ["MEMORY", "USAGE", Buffer.from(key, "latin1"), "SAMPLES", 0]),
  );
  return (sizes as number[]).reduce((sum, bytes) => sum + bytes, 0);
}

/** What a fresh server says of a snapshot. used_memory first: asking for sizes leaves buffers. */
export async function measure(dump: Buffer, settings: Settings): Promise<Measured> {
  const { answer } = await withServer(settings, dump, async (client) => {
    const info = parseInfo(String(await client.send("INFO", "memory")), "INFO");
    return { usedMemory: Number(info.get("used_memory")), bytes: await usageOf(client) };
  });
  return answer;
}

/** What one rule, or all, find in a snapshot. */
export async function doctor(
  dump: Buffer,
  rules: readonly string[] | undefined,
  options: DoctorChoice = {},
): Promise<readonly Diagnosed[]> {
  return (await doctorOfAll([dump], rules, options))[0]!;
}

/** The same of each snapshot of one inventory. */
export async function doctorOfAll(
  dumps: readonly Buffer[],
  rules: readonly string[] | undefined,
  options: DoctorChoice = {},
): Promise<(readonly Diagnosed[])[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-doctor-"));
  try {
    const output = path.join(folder, "inventory.sqlite");
    const inputs = dumps.map((dump, i) => {
      const input = path.join(folder, `${i}.rdb`);
      fs.writeFileSync(input, dump);
      return input;
    });
    const settings = Object.fromEntries(
      Object.entries(options.settings ?? {})
        .filter(([name]) => /^(hash|set|zset|list)-/.test(name))
        .map(([name, value]) => [name, String(value)]),
    );
    await analyze({ inputs, output, allocator: ALLOCATOR, settings, workers: 1 });
    const inventory = openInventory(output);
    try {
      const info = options.info === undefined ? undefined : parseInfo(options.info, "INFO");
      const chosen = { rules: chooseRules(rules), thresholds: options.thresholds ?? {}, info, largest: 20 };
      return snapshots(inventory).map((snapshot) => {
        const { findings, skipped } = diagnose({ inventory, snapshot, filters: {} }, chosen);
        if (rules !== undefined && skipped.length > 0) throw new Error(`did not look: ${skipped[0]!.why}`);
        return findings;
      });
    } finally {
      inventory.close();
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
