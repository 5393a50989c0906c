import fs from "node:fs";
import path from "node:path";
import type { RespClient } from "../../fixtures/recorder/resp.ts";
import { parseInfo } from "../../src/doctor/info.ts";
import { createdAt } from "../support/created-at.ts";
import { type Command, sendAll, usageOf, withServer } from "./doctor/support.ts";

export const DAY_MS = 86_400_000;
/** When the first of the snapshots seems to be made. */
export const START = Date.UTC(2026, 8, 1, 3, 0);
export const DAYS = [0, 1, 2, 3, 4, 5] as const;

/** Keys that come every day, and some that stay as many as they are. */
const SESSIONS = 700;
const CARTS = 300;
const USERS = 2000;

/** What a server said when it saved one of the snapshots. */
export interface Grown {
  readonly file: string;
  readonly created_at: number;
  readonly keys: number;
  /** Sum of MEMORY USAGE … SAMPLES 0: of all keys, and of those that grow. */
  readonly bytes: number;
  readonly sessions: number;
  /** used_memory of a fresh server that loaded it. */
  readonly usedMemory: number;
}

/**
 * Lets a server grow by the same number of keys each day, and writes a snapshot a day into `folder`. The clock stands still meanwhile: what
 * the server saves within seconds gets the time of its day by another ctime and a checksum made anew.
 */
export async function growingSnapshots(folder: string): Promise<Grown[]> {
  const grown: Grown[] = [];
  let dump: Buffer | undefined;
  for (const day of DAYS) {
    const saved = await withServer({}, dump, async (client) => {
      const usedMemory = await usedBy(client);
      await sendAll(client, commandsOf(day));
      return { usedMemory, ...(await sizesOf(client)) };
    });
    const previous = grown.at(-1);
    if (previous !== undefined)
      grown[grown.length - 1] = { ...previous, usedMemory: saved.answer.usedMemory };
    dump = saved.dump;
    const created_at = START + day * DAY_MS;
    const file = path.join(folder, `dump-${day}.rdb`);
    fs.writeFileSync(file, createdAt(dump, created_at));
    grown.push({ file, created_at, ...saved.answer });
  }
  const { answer } = await withServer({}, dump, usedBy);
  grown[grown.length - 1] = { ...grown.at(-1)!, usedMemory: answer };
  return grown;
}

async function usedBy(client: RespClient): Promise<number> {
  return Number(parseInfo(String(await client.send("INFO", "memory")), "INFO").get("used_memory"));
}

async function sizesOf(client: RespClient) {
  const keys = (await client.send("DBSIZE")) as number;
  const names = (await client.send("KEYS", "session:*")) as string[];
  const sizes = await sendAll(
    client,
    names.map((name) => ["MEMORY", "USAGE", name, "SAMPLES", 0]),
  );
  const sessions = (sizes as number[]).reduce((sum, bytes) => sum + bytes, 0);
  return { keys, bytes: await usageOf(client), sessions };
}

function* commandsOf(day: number): Iterable<Command> {
  for (let i = 0; i < SESSIONS; i++)
    yield ["SET", `session:${day * SESSIONS + i}`, "s".repeat(100 + (i % 40))];
  for (let i = 0; i < CARTS; i++)
    yield ["HSET", `cart:${day * CARTS + i}`, "sku", `article-${i}`, "count", String(i % 9)];
  if (day > 0) return;
  for (let i = 0; i < USERS; i++)
    yield ["HSET", `user:${i}`, "name", `somebody-${i}`, "mail", `u${i}@example.org`];
}
