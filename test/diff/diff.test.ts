import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Diff, type DiffOptions, diff, isDifferent } from "../../src/diff/diff.ts";
import { openInventory } from "../../src/inventory/open.ts";
import type { AnalyzeOptions } from "../../src/pipeline/analyze.ts";
import { diffParts } from "../../src/reports/diff.ts";
import { ask, run, workFolder } from "../pipeline/support.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";

const folder = workFolder();
const CREATED_AT = 1_700_000_000_000;

/** A key as a snapshot is made of it. */
interface MadeKey {
  readonly db: number;
  readonly name: Buffer;
  readonly size: number;
  readonly kind: "string" | "list" | "hash" | "module";
  readonly expiresAt?: number | undefined;
}

const named = (name: string, more: Partial<MadeKey> = {}): MadeKey => ({
  db: 0,
  name: Buffer.from(name),
  size: 5,
  kind: "string",
  ...more,
});

function madeValue({ kind, size }: MadeKey) {
  if (kind === "string") return values.stringValue("v".repeat(size));
  if (kind === "module")
    return values.moduleValue("ReJSON-RL", 3, [{ text: Buffer.alloc(size, "j"), form: "raw" }]);
  const texts = Array.from({ length: 1 + (size % 7) }, (_, i) => `${i}`.repeat(1 + (size % 90)));
  if (kind === "list") return values.listValue(texts);
  return values.hashValue(texts.map((text) => [text, text]));
}

function snapshotOf(keys: readonly MadeKey[]): Buffer {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.4").aux("ctime", String(CREATED_AT / 1000));
  for (const db of [...new Set(keys.map((key) => key.db))].sort()) {
    writer.selectDb(db);
    for (const key of keys.filter((one) => one.db === db)) {
      writer.key(key.name, madeValue(key), key.expiresAt === undefined ? {} : { expiresAtMs: key.expiresAt });
    }
  }
  return writer.end();
}

async function inventoryOf(keys: readonly MadeKey[], options: Partial<AnalyzeOptions> = {}): Promise<string> {
  return (await run(folder, [snapshotOf(keys)], options)).output;
}

async function diffOf(old: string, now: string, options: DiffOptions = {}): Promise<Diff> {
  const [a, b] = [openInventory(old), openInventory(now)];
  try {
    return await diff(a, b, { limit: 10_000, workers: 1, ...options });
  } finally {
    a.close();
    b.close();
  }
}

const COMPARED = ["type", "encoding", "bytes", "elements", "expires_at"] as const;

/** What two inventories differ in, by SQL and a Map: a line a key. */
function naiveDiff(old: string, now: string): string[] {
  const rows = (file: string) =>
    new Map(
      ask(file, "SELECT hex(key) AS name, * FROM keys").map((row) => [
        `${row.db} ${row.name}`,
        COMPARED.map((c) => row[c]),
      ]),
    );
  const [a, b] = [rows(old), rows(now)];
  const keys = [...new Set([...a.keys(), ...b.keys()])];
  return keys
    .filter((key) => JSON.stringify(a.get(key)) !== JSON.stringify(b.get(key)))
    .map((key) => JSON.stringify([key, a.get(key) ?? null, b.get(key) ?? null]))
    .sort();
}

/** The same of a diff. */
function told({ lists }: Diff): string[] {
  return Object.values(lists!)
    .flat()
    .map((row) => {
      const name = Buffer.from(row.key as string)
        .toString("hex")
        .toUpperCase();
      const old = [row.old_type, row.old_encoding, row.old_bytes, row.old_elements, row.old_expires_at];
      const now = [row.new_type, row.new_encoding, row.new_bytes, row.new_elements, row.new_expires_at];
      const sides = [row.change === "added" ? null : old, row.change === "removed" ? null : now];
      return JSON.stringify([`${row.db} ${name}`, ...sides]);
    })
    .sort();
}

const key: fc.Arbitrary<MadeKey> = fc.record({
  db: fc.constantFrom(0, 0, 3),
  name: fc.oneof(
    fc.integer({ min: 0, max: 40 }).map((i) => Buffer.from(`user:${i}`)),
    fc.integer({ min: 0, max: 20 }).map((i) => Buffer.from(`cart:${i}:items`)),
    fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(15_000, 16_340, 16_384, 40_000).map((size) => Buffer.alloc(size, "n")),
  ),
  size: fc.integer({ min: 0, max: 200 }),
  kind: fc.constantFrom("string", "string", "list", "hash", "module"),
  expiresAt: fc.option(
    fc.constantFrom(1, CREATED_AT - 1000, CREATED_AT, CREATED_AT + 3_600_000, 2 ** 32 - 1, 2 ** 41, 2 ** 52),
    { nil: undefined },
  ),
});
const keys = fc.uniqueArray(key, {
  maxLength: 60,
  selector: ({ db, name }) => `${db} ${name.toString("hex")}`,
});
/** Two sets of keys of which many are the same. */
const twoSets = fc.tuple(keys, keys, fc.nat()).map(([old, others, seed]) => {
  const idOf = ({ db, name }: MadeKey) => `${db} ${name.toString("hex")}`;
  const kept = old.filter((_, i) => (seed + i * 7919) % 3 > 0);
  const taken = new Set(kept.map(idOf));
  return [old, [...kept, ...others.filter((one) => !taken.has(idOf(one)))]] as const;
});

describe("a diff of two inventories", { timeout: 180_000 }, () => {
  it("tells what SQL tells, mirrors itself, and adds up", { timeout: 300_000 }, async () => {
    const property = fc.asyncProperty(twoSets, async ([before, after]) => {
      const [old, now] = [await inventoryOf(before), await inventoryOf(after)];
      const [there, back] = [await diffOf(old, now), await diffOf(now, old)];
      const naive = naiveDiff(old, now);
      expect(told(there)).toEqual(naive);
      expect(told(back)).toEqual(naiveDiff(now, old));
      expect(isDifferent(there)).toBe(naive.length > 0);
      mirrored(there, back);
      const more = there.totals.find(({ measure }) => measure === "bytes")!.change;
      const { added_bytes, removed_bytes, changed_bytes } = there.keys!;
      expect(added_bytes - removed_bytes + changed_bytes).toBe(more);
      for (const rows of Object.values(there.groups)) {
        expect(rows.reduce((sum, row) => sum + row.bytes_change, 0)).toBe(more);
      }
    });
    await fc.assert(property, { numRuns: Number(process.env.FUZZ_RUNS ?? 5) });
  });

  function mirrored(there: Diff, back: Diff): void {
    const [a, b] = [there.keys!, back.keys!];
    expect([a.added_keys, a.removed_keys, a.changed_keys, a.added_bytes, a.changed_bytes + 0]).toEqual([
      b.removed_keys,
      b.added_keys,
      b.changed_keys,
      b.removed_bytes,
      0 - b.changed_bytes,
    ]);
    expect([a.changes.grew, a.changes["ttl gained"], a.changes.type]).toEqual([
      b.changes.shrank,
      b.changes["ttl lost"],
      b.changes.type,
    ]);
    for (const by of ["pattern", "type", "encoding"] as const) {
      const changes = (found: Diff, sign: number) =>
        Object.fromEntries(
          found.groups[by]!.map((row) => [
            row.group,
            [row.keys_change, row.bytes_change].map((n) => sign * n + 0),
          ]),
        );
      expect(changes(there, 1)).toEqual(changes(back, -1));
    }
  }

  const base = Array.from({ length: 500 }, (_, i) => named(`user:${i}`, { size: i % 50 }));

  it("says nothing of an inventory and itself, in whatever order its keys are", async () => {
    const [old, now] = [await inventoryOf(base), await inventoryOf([...base].reverse(), { workers: 1 })];
    const found = await diffOf(old, now);
    expect(isDifferent(found)).toBe(false);
    expect(found.keys).toMatchObject({ added_keys: 0, removed_keys: 0, changed_keys: 0 });
  });

  it("keys that are filed under another pattern are no change", async () => {
    const old = await inventoryOf(base, { patterns: { templates: ["user:*"] } });
    const now = await inventoryOf([...base, named("user:new")], { patterns: { templates: ["us*:*"] } });
    const found = await diffOf(old, now);
    expect(found.keys).toMatchObject({ added_keys: 1, removed_keys: 0, changed_keys: 0 });
    expect(found.groups.pattern!.filter(({ status }) => status !== "same")).toMatchObject([
      { group: "us*:*", status: "changed", old_keys: 500, new_keys: 501, added_keys: 1, refiled_keys: 500 },
    ]);
  });

  it("counts removed keys that had run out by then", async () => {
    const gone = named("session:1", { expiresAt: CREATED_AT - 1 });
    const alive = named("session:2", { expiresAt: CREATED_AT + 1000 });
    const found = await diffOf(await inventoryOf([...base, gone, alive]), await inventoryOf(base));
    expect(found.keys).toMatchObject({ removed_keys: 2, removed_expired_keys: 1 });
  });

  it("pairs names that a damaged snapshot has twice with themselves", async () => {
    const twice = [...base, named("twice", { size: 1 }), named("twice", { size: 90 })];
    const found = await diffOf(
      await inventoryOf(twice),
      await inventoryOf([...twice].reverse().slice(0, -1)),
    );
    expect(found.keys).toMatchObject({ added_keys: 0, removed_keys: 1, changed_keys: 0 });
  });

  it("looks at the keys that filters choose, on each side", async () => {
    const old = await inventoryOf([...base, named("big", { size: 10 })]);
    const now = await inventoryOf([...base.slice(1), named("big", { size: 5000 }), named("other:1")]);
    const names = async (filters: DiffOptions["filters"]) =>
      Object.values((await diffOf(old, now, { filters })).lists!)
        .flat()
        .map((row) => `${row.change} ${row.key}`)
        .sort();
    expect(await names({ key: "other:*" })).toEqual(["added other:1"]);
    expect(await names({ notKey: "other:*" })).toEqual(["changed big", "removed user:0"]);
    expect(await names({ minBytes: 1000 })).toEqual(["added big"]);
    expect(await names({ types: ["hash"] })).toEqual([]);
    expect(await names({ dbs: [1] })).toEqual([]);
  });

  it("compares several snapshots of an inventory together, or one of them", async () => {
    const halves = [snapshotOf(base.slice(0, 200)), snapshotOf(base.slice(200))];
    const [whole, both] = [await inventoryOf(base), (await run(folder, halves)).output];
    expect(isDifferent(await diffOf(whole, both))).toBe(false);
    const found = await diffOf(both, both, { oldSnapshot: 1, newSnapshot: 2 });
    expect(found.keys).toMatchObject({ added_keys: 300, removed_keys: 200, changed_keys: 0 });
    expect([found.old.path, found.new.path]).toEqual([both, both]);
    const files = [found.old, found.new].map((side) => path.basename(side.snapshot ?? ""));
    expect(new Set(files).size).toBe(2);
    expect((await diffOf(whole, both)).new.snapshot).toBeNull();
    const title = diffParts(found, 10)[0]!.section.title;
    for (const file of files) expect(title).toContain(file);
  });

  it("refuses inventories that were not made alike, unless it is told to", async () => {
    const [old, now] = [await inventoryOf(base), await inventoryOf(base, { profile: "redis-8.0" })];
    await expect(diffOf(old, now)).rejects.toThrow(
      /differ in profile \(redis-7.2, redis-8.0\).*--allow-mixed/,
    );
    expect((await diffOf(old, now, { allowMixed: true })).mixed[0]).toBe("profile (redis-7.2, redis-8.0)");
  });

  it("needs no key rows for groups, and says where it would", async () => {
    const [old, now] = [
      await inventoryOf(base, { keys: "none" }),
      await inventoryOf(base.slice(1), { keys: "none" }),
    ];
    const [group] = (await diffOf(old, now, { by: "pattern" })).groups.pattern!;
    expect(group).toMatchObject({ group: "user:*", keys_change: -1 });
    const found = await diffOf(old, now);
    expect(found.without_keys).toMatch(/holds no row a key/);
    expect(isDifferent(found)).toBe(true);
  });

  it("compares hashed names of one secret, and shows no name", async () => {
    const secret = Buffer.alloc(16, "s");
    const old = await inventoryOf(base, { hashKeys: secret });
    const now = await inventoryOf([...base.slice(1), named("order:1")], { hashKeys: secret });
    const found = await diffOf(old, now);
    expect(found.keys).toMatchObject({ added_keys: 1, removed_keys: 1, changed_keys: 0 });
    expect(JSON.stringify(found)).not.toMatch(/order:1|user:0/);
    await expect(diffOf(old, await inventoryOf(base))).rejects.toThrow(/hashed names/);
    await expect(diffOf(old, await inventoryOf(base, { hashKeys: Buffer.alloc(16, "t") }))).rejects.toThrow(
      /hashed names/,
    );
  });
});
