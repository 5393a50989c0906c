import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { identify, type RunningServer, start } from "../../fixtures/recorder/server.ts";
import { exportValues } from "../../src/pipeline/export-values.ts";
import { findSnapshots } from "./corpus.ts";

const SERVER = process.env.REDIS_SERVER ?? "redis-server";
const CLI = process.env.REDIS_CLI ?? "redis-cli";

/** A stream of 118 entries that says it has 120: damaged, but for a server that does not count. */
const MISCOUNTED = /stream_listpacks_1/;
/** Keys without elements: a server that loads them drops them, and one that shall restore them says no. */
const EMPTY = /corrupt_empty_keys/;

/** Past times would have keys dropped while they are compared: both servers keep theirs as they are. */
const KEEP_EXPIRED = ["DEBUG", "SET-ACTIVE-EXPIRE", 0] as const;

describe("commands, replayed into a server", () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-values-"));
  const binary = identify(SERVER, ["databases 64"]);
  let empty: RunningServer;
  let port: number;

  beforeAll(async () => {
    const folder = path.join(root, "empty");
    fs.mkdirSync(folder);
    empty = await start(binary, folder);
    await empty.client.send(...KEEP_EXPIRED);
    port = Number(((await empty.client.send("CONFIG", "GET", "port")) as string[])[1]);
  });
  afterAll(async () => {
    await empty.stop();
    fs.rmSync(root, { recursive: true, force: true });
  });

  /** Digest and groups of a server that loaded the snapshot itself; undefined when it refuses to. */
  async function loaded(file: string): Promise<{ digest: string; streams: unknown[] } | undefined> {
    const folder = fs.mkdtempSync(path.join(root, "loaded-"));
    fs.copyFileSync(file, path.join(folder, "dump.rdb"));
    let server: RunningServer;
    try {
      server = await start(binary, folder);
    } catch {
      return undefined;
    }
    try {
      return await stateOf(server);
    } finally {
      await server.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }

  async function replayed(file: string, format: "resp" | "restore") {
    await empty.client.send("FLUSHALL");
    const pieces: Uint8Array[] = [];
    await exportValues({ input: file, format, take: async (piece) => void pieces.push(piece) });
    const answer = execFileSync(CLI, ["-p", String(port), "--pipe"], {
      input: Buffer.concat(pieces),
      encoding: "utf8",
      stdio: ["pipe", "pipe", "pipe"],
    });
    expect(answer).toMatch(/errors: 0,/);
    return stateOf(empty);
  }

  const files = findSnapshots(7, 10);
  it("there are some", () => expect(files.length).toBeGreaterThan(30));

  it.each(files)("%s", async (_, file) => {
    const truth = await loaded(file);
    if (truth === undefined || MISCOUNTED.test(file)) return;
    expect(await replayed(file, "resp")).toEqual(truth);
    if (!EMPTY.test(file)) expect(await replayed(file, "restore")).toEqual(truth);
  });
});

/** What DEBUG DIGEST says, and of streams what it leaves out: ids, counters, groups, consumers and pending ids. */
async function stateOf({ client }: RunningServer): Promise<{ digest: string; streams: unknown[] }> {
  const digest = (await client.send("DEBUG", "DIGEST")) as string;
  const streams: unknown[] = [];
  for (let db = 0; db < 64; db++) {
    await client.send("SELECT", db);
    const names = (await client.send("KEYS", "*")) as string[];
    for (const name of names.sort()) {
      const key = Buffer.from(name, "latin1");
      if ((await client.send("TYPE", key)) !== "stream") continue;
      const info = (await client.send("XINFO", "STREAM", key, "FULL", "COUNT", 0)) as unknown[];
      streams.push([db, name, withoutTimes(info)]);
    }
  }
  await client.send("SELECT", 0);
  return { digest, streams };
}

/** How a stream's tree is cut into nodes, and when a consumer was seen, are not data. */
const NOT_DATA = ["radix-tree-keys", "radix-tree-nodes", "seen-time", "active-time"];

function withoutTimes(info: unknown): unknown {
  if (!Array.isArray(info)) return info;
  return info.map((one, i) => (NOT_DATA.includes(String(info[i - 1])) ? 0 : withoutTimes(one)));
}
