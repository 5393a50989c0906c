import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { openInventory } from "../../src/inventory/open.ts";
import { analyze } from "../../src/pipeline/analyze.ts";

const SERVER = process.env.REDIS_SERVER ?? "redis-server";
const CLIENT = process.env.REDIS_CLI ?? "redis-cli";
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-replica-"));
const servers: ReturnType<typeof spawn>[] = [];
afterAll(() => {
  for (const server of servers) server.kill("SIGKILL");
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A server that is asked through a socket of its own. */
function start(name: string, ...more: string[]) {
  const dir = path.join(folder, name);
  fs.mkdirSync(dir);
  const socket = path.join(dir, "socket");
  const given = [
    "--dir",
    dir,
    "--save",
    "",
    "--unixsocket",
    socket,
    "--repl-diskless-sync-delay",
    "0",
    ...more,
  ];
  servers.push(spawn(SERVER, given, { stdio: "ignore" }));
  const ask = (...words: string[]) =>
    execFileSync(CLIENT, ["-s", socket, ...words], { encoding: "utf8" }).trim();
  return { ask, dump: path.join(dir, "dump.rdb") };
}

async function until(is: () => boolean): Promise<void> {
  for (let i = 0; i < 300; i++) {
    try {
      if (is()) return;
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the servers do not come to it");
}

it("a primary and its replica are told, and another server is not", async () => {
  const port = String(20_000 + (process.pid % 10_000));
  const primary = start("primary", "--port", port);
  const replica = start("replica", "--port", "0", "--replicaof", "127.0.0.1", port);
  const other = start("other", "--port", "0");
  await until(() => /master_link_status:up/.test(replica.ask("INFO", "replication")));
  await until(() => other.ask("PING") === "PONG");
  for (const { ask } of [primary, other]) ask("DEBUG", "POPULATE", "500", "key");
  primary.ask("SET", "one", "more");
  primary.ask("WAIT", "1", "5000");
  for (const { ask } of [primary, replica, other]) expect(ask("SAVE")).toBe("OK");
  const inputs = [primary, other, replica].map(({ dump }) => dump);
  const output = path.join(folder, "all.sqlite");
  const { notes } = await analyze({ inputs, output, onFailed: () => {}, workers: 1 });
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/replica\/dump.rdb, holds the same data as snapshot 1, .*primary\/dump.rdb/);
  const inventory = openInventory(output);
  const found = inventory.all("SELECT snapshot, same_as FROM same_data");
  const nodes = inventory.all("SELECT node FROM nodes ORDER BY snapshot");
  inventory.close();
  expect(found).toEqual([{ snapshot: 3, same_as: 1 }]);
  expect(nodes).toEqual([{ node: "primary/dump" }, { node: "other/dump" }, { node: "replica/dump" }]);
});
