import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Diff, diff } from "../../src/diff/diff.ts";
import { openInventory } from "../../src/inventory/open.ts";
import { analyze } from "../../src/pipeline/analyze.ts";
import { type Command, sendAll, withServer } from "./doctor/support.ts";

const LATER = Date.now() + 30 * 86_400_000;
const SOON = Date.now() + 86_400_000;
const BINARY = Buffer.from([0xff, 0x00, 0x80]);
const LONG = "x".repeat(300);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

const BEFORE: readonly Command[] = [
  ...numbers(60).map((i): Command => ["HSET", `user:${i}:profile`, "name", `n${i}`, "visits", i]),
  ...numbers(40).map((i): Command => ["SET", `session:${i}`, `token-${i}`, "PXAT", LATER]),
  ...numbers(30).map((i): Command => ["SET", `cart:${i}`, `${i}`.repeat((i % 9) + 1)]),
  ["SET", "text:grows", "short"],
  ["SET", "text:shrinks", LONG],
  ["SET", "text:same", LONG],
  ["SET", "text:rewritten", "abcdef"],
  ["RPUSH", "queue", "a", "b"],
  ["SET", "converted", "1"],
  ["HSET", "hash:encoding", "f", "v"],
  ["SADD", "set:encoding", 1, 2, 3],
  ["SET", "ttl:gained", "v"],
  ["SET", "ttl:lost", "v", "PXAT", LATER],
  ["SET", "ttl:moved", "v", "PXAT", LATER],
  ["SET", "moved:db", "v"],
  ["SET", BINARY, "v"],
  ["ZADD", "ranks", 1, "a", 2, "b"],
];

/** What is done, and what the diff has to say of it: nothing of keys that are not here. */
const STEPS: readonly { readonly does: readonly Command[]; readonly tells: readonly string[] }[] = [
  {
    does: [
      ["SET", "fresh:1", "v"],
      ["RPUSH", "fresh:2", "v"],
    ],
    tells: ["added 0 fresh:1", "added 0 fresh:2"],
  },
  {
    does: [["DEL", "user:7:profile", "session:3"]],
    tells: ["removed 0 user:7:profile", "removed 0 session:3"],
  },
  { does: [["APPEND", "text:grows", LONG]], tells: ["changed 0 text:grows: grew, encoding"] },
  { does: [["SET", "text:shrinks", "now short"]], tells: ["changed 0 text:shrinks: shrank, encoding"] },
  {
    does: [
      ["SET", "text:same", LONG],
      ["SET", "text:rewritten", "uvwxyz"],
    ],
    tells: [],
  },
  { does: [["RPUSH", "queue", LONG]], tells: ["changed 0 queue: grew, elements"] },
  {
    does: [
      ["DEL", "converted"],
      ["HSET", "converted", "f", "v"],
    ],
    tells: ["changed 0 converted: grew, elements, type, encoding"],
  },
  { does: [["HSET", "hash:encoding", "f", LONG]], tells: ["changed 0 hash:encoding: grew, encoding"] },
  { does: [["SADD", "set:encoding", "text"]], tells: ["changed 0 set:encoding: grew, elements, encoding"] },
  { does: [["PEXPIREAT", "ttl:gained", SOON]], tells: ["changed 0 ttl:gained: ttl gained"] },
  { does: [["PERSIST", "ttl:lost"]], tells: ["changed 0 ttl:lost: ttl lost"] },
  { does: [["PEXPIREAT", "ttl:moved", SOON]], tells: ["changed 0 ttl:moved: ttl moved"] },
  { does: [["MOVE", "moved:db", 1]], tells: ["removed 0 moved:db", "added 1 moved:db"] },
  { does: [["APPEND", BINARY, LONG]], tells: ["changed 0 ÿ\0\x80: grew, encoding"] },
  {
    does: numbers(30).map((i): Command => ["RENAME", `cart:${i}`, `basket:${i}`]),
    tells: numbers(30).flatMap((i) => [`removed 0 cart:${i}`, `added 0 basket:${i}`]),
  },
];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-diff-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function inventoryOf(dump: Buffer, name: string): Promise<string> {
  const input = path.join(folder, `${name}.rdb`);
  fs.writeFileSync(input, dump);
  const output = path.join(folder, `${name}.sqlite`);
  await analyze({ inputs: [input], output, workers: 2 });
  return output;
}

async function diffOf(old: string, now: string): Promise<Diff> {
  const [a, b] = [openInventory(old), openInventory(now)];
  try {
    return await diff(a, b, { limit: 1000, workers: 2 });
  } finally {
    a.close();
    b.close();
  }
}

/** Every key that differs, a line each. */
function told({ lists }: Diff, isMirrored = false): string[] {
  const words: Record<string, string> = {
    added: "removed",
    removed: "added",
    grew: "shrank",
    shrank: "grew",
    "ttl gained": "ttl lost",
    "ttl lost": "ttl gained",
  };
  const word = (text: string) => (isMirrored ? (words[text] ?? text) : text);
  return Object.values(lists!)
    .flat()
    .map(({ change, db, key, what }) => {
      const name = typeof key === "string" ? key : key.toString("latin1");
      const kinds = what.split(", ").map(word).sort().join(", ");
      return `${word(change)} ${db} ${name}${what === "" ? "" : `: ${kinds}`}`;
    })
    .sort();
}

const sortedKinds = (line: string) => {
  const [head, kinds] = line.split(/: (?=\w+(?: \w+)?(?:, |$))/) as [string, string?];
  return kinds === undefined ? line : `${head}: ${kinds.split(", ").sort().join(", ")}`;
};

describe("two snapshots of a real server", () => {
  let old: string;
  let now: string;

  beforeAll(async () => {
    const first = await withServer({}, undefined, (client) => sendAll(client, BEFORE));
    const second = await withServer({}, first.dump, (client) =>
      sendAll(
        client,
        STEPS.flatMap(({ does }) => does),
      ),
    );
    expect(second.answer.filter((reply) => reply instanceof Error)).toEqual([]);
    old = await inventoryOf(first.dump, "old");
    now = await inventoryOf(second.dump, "new");
  });

  it("differ in exactly what was done", async () => {
    const found = await diffOf(old, now);
    expect(told(found)).toEqual(
      STEPS.flatMap(({ tells }) => tells)
        .map(sortedKinds)
        .sort(),
    );
    expect(found.keys).toMatchObject({
      added_keys: 33,
      removed_keys: 33,
      changed_keys: 10,
      removed_expired_keys: 0,
    });
  });

  it("mirror each other", async () => {
    expect(told(await diffOf(now, old), true)).toEqual(told(await diffOf(old, now)));
  });

  it("do not differ from themselves", async () => {
    for (const file of [old, now]) {
      const found = await diffOf(file, file);
      expect(told(found)).toEqual([]);
      expect(found.totals.map(({ change }) => change)).toEqual(found.totals.map(() => 0));
      expect(
        Object.values(found.groups)
          .flat()
          .filter(({ status }) => status !== "same"),
      ).toEqual([]);
    }
  });

  it("hint at the renamed prefix, with its evidence", async () => {
    const { renames } = await diffOf(old, now);
    expect(renames).toEqual([
      {
        old_pattern: "cart:*",
        new_pattern: "basket:*",
        alike_keys: 30,
        is_exact: 1,
        removed_keys: 30,
        added_keys: 30,
      },
    ]);
  });
});
